import { bashQuoted, readBashLine } from './bash-line.ts'
import type { Candidate } from './word-completion.ts'
import type { Shell } from './shells.ts'

/** A command line that a shell wants completed. */
export interface ShellQuestion {
  /** The words before the one at the cursor, without the name of the program. */
  readonly finished: readonly string[]
  /** The part of the word at the cursor that is before the cursor. */
  readonly current: string
  /** A candidate for what follows `kept`, as the shell reads it; undefined if it does not fit. */
  readonly form: (candidate: Candidate, kept: string) => string | undefined
}

/** What can follow `kept`: files, which the shell finds by itself, or candidates. */
export interface ShellReply {
  readonly kept: string
  readonly kind: 'candidates' | 'files' | 'folders'
  readonly candidates: readonly Candidate[]
}

/**
 * Understands what the script of a shell hands over: bash the line up to the cursor and
 * COMP_WORDBREAKS; the others the words before the cursor after the word at it, and that after a
 * `=`, because PowerShell loses empty arguments.
 */
export function readShellQuestion(shell: Shell, args: readonly string[]): ShellQuestion {
  const [first = '', ...finished] = args
  if (shell === 'bash') return bashQuestion(first, finished[0] ?? '')
  const current = first.slice(1)
  if (shell === 'powershell') return powerShellQuestion(finished, current)
  return { finished, current, form: forms[shell] }
}

/** The reply as the scripts read it: kind and length of `kept`, then a candidate a line. */
export function shellReplyText(
  { kept, kind, candidates }: ShellReply,
  { form }: Pick<ShellQuestion, 'form'>,
): string {
  const lines = candidates
    // They would end the line, or do things to the terminal.
    .filter(({ value }) => !/\p{Cc}/u.test(value))
    .map(({ value, about }) => form({ value, about: about.replaceAll(/\p{Cc}+/gu, ' ') }, kept))
    .filter((line) => line !== undefined)
  return [`${kind} ${kept.length}`, ...lines, ''].join('\n')
}

function bashQuestion(line: string, breaks: string): ShellQuestion {
  const { finished, current, before, quote } = readBashLine(line, breaks)
  return {
    finished: finished.slice(1),
    current,
    form({ value }, kept) {
      const whole = kept + value
      return whole.startsWith(current) ? bashQuoted(whole.slice(before), quote) : undefined
    },
  }
}

const forms: Readonly<Record<'zsh' | 'fish', ShellQuestion['form']>> = {
  zsh: ({ value, about }) => withAbout(value.replaceAll(/[\\:]/gu, '\\$&'), ':', about),
  fish: ({ value, about }, kept) => withAbout(kept + value, '\t', about),
}

function withAbout(text: string, separator: string, about: string): string {
  return about === '' ? text : `${text}${separator}${about}`
}

function powerShellQuestion(finished: readonly string[], typed: string): ShellQuestion {
  const current = typed.replace(/^['"]/u, '')
  return {
    finished,
    current,
    // Text to insert, text for the list, tool tip, which must not be empty.
    form({ value, about }, kept) {
      const whole = kept + value
      if (!whole.toLowerCase().startsWith(current.toLowerCase())) return undefined
      return [powerShellQuoted(whole), value, about === '' ? value : about].join('\t')
    },
  }
}

function powerShellQuoted(text: string): string {
  return /^[\w./:=-]+$/u.test(text) ? text : `'${text.replaceAll("'", "''")}'`
}
