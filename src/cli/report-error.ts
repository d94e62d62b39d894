import { KubecredError } from '../doors/index.ts'
import { CommandError, exitCodes } from './command-error.ts'
import { paint } from './paint.ts'
import { printable } from '../api/printable.ts'
import type { Terminal } from './terminal.ts'

/** What a reader is told about a failure. */
export interface ErrorReport {
  readonly what: string
  /** What went wrong underneath, when that says more. */
  readonly why: string | undefined
  readonly hint: string | undefined
}

/** Says on stderr what went wrong, why, and what to do; the answer is the exit code. */
export function reportError(error: unknown, terminal: Terminal): number {
  const { what, why, hint } = describeError(error)
  const lines = [`${paint('error:', 'red', terminal)} ${what}`]
  if (why !== undefined) lines.push(`${paint('cause:', 'dim', terminal)} ${why}`)
  if (hint !== undefined) lines.push(hintLine(hint, terminal))
  terminal.stderr.write(`${lines.join('\n')}\n`)
  return error instanceof CommandError ? error.exitCode : exitCodes.failed
}

/** What to do about a failure, as each command tells it below. */
export function hintLine(hint: string, terminal: Pick<Terminal, 'colour'>): string {
  return `${paint('hint:', 'yellow', terminal)} ${printable(hint)}`
}

/** Puts an error into words for a terminal. */
export function describeError(error: unknown): ErrorReport {
  const what = printable(messageOf(error)).trimEnd()
  const why = oneLine(innermost(error))
  const known = error instanceof KubecredError || error instanceof CommandError
  return {
    what,
    why: why === '' || oneLine(what).includes(why) ? undefined : why,
    hint: known && error.hint !== undefined ? printable(error.hint) : undefined,
  }
}

function innermost(error: unknown): string {
  let current = error
  // A bound, in case somebody made a circle of causes.
  for (let depth = 0; depth < 16; depth++) {
    const next = causeOf(current)
    if (next === undefined) break
    current = next
  }
  return current === error ? '' : messageOf(current)
}

function causeOf(error: unknown): unknown {
  // Node tries several addresses, and then has an error without words around theirs.
  if (error instanceof AggregateError && error.message === '') return error.errors[0]
  return error instanceof Error ? error.cause : undefined
}

/** What an error says; of anything else that was thrown, what it is. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function oneLine(text: string): string {
  return printable(text).replaceAll(/\s+/gu, ' ').trim()
}
