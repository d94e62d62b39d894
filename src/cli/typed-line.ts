import { commands, type CommandEntry } from './commands.ts'
import type { Flag } from './flag.ts'
import { globalFlags } from './global-flags.ts'

/** What the finished words of a command line say, as far as that matters for the next one. */
export interface TypedLine {
  readonly command: CommandEntry | undefined
  /** Name of the command, with that of the command that it stands behind; '' for none. */
  readonly path: string
  /** The words of the command. */
  readonly words: readonly string[]
  /** The flags that may come, those of the command first. */
  readonly flags: readonly Flag[]
  /** Flags that are there already. */
  readonly given: ReadonlySet<Flag>
  /** The flag whose value comes next. */
  readonly awaiting: Flag | undefined
  /** Whether no more flags may come. */
  readonly flagsEnded: boolean
  /** Value of `--kubeconfig`. */
  readonly kubeconfig: string | undefined
}

/** Reads the finished words of a command line; what it does not understand it passes over. */
export function readTypedLine(finished: readonly string[]): TypedLine {
  const words: string[] = []
  const given = new Set<Flag>()
  let command: CommandEntry | undefined
  let path = ''
  let flags = globalFlags
  let awaiting: Flag | undefined
  let kubeconfig: string | undefined
  let flagsEnded = false
  const take = (flag: Flag, value: string): void => {
    if (flag.name === 'kubeconfig') kubeconfig = value
  }
  for (const word of finished) {
    if (awaiting !== undefined) {
      take(awaiting, word)
      awaiting = undefined
    } else if (word === '--' && !flagsEnded) {
      flagsEnded = true
    } else if (isFlag(word) && !flagsEnded) {
      const { flag, value } = splitFlag(word, flags)
      if (flag === undefined) continue
      given.add(flag)
      if (value !== undefined) take(flag, value)
      else if (flag.value !== undefined) awaiting = flag
    } else {
      const next = words.length === 0 ? commandNamed(word, command) : undefined
      if (next === undefined) words.push(word)
      else {
        command = next
        path = path === '' ? next.name : `${path} ${next.name}`
        flags = [...next.flags, ...globalFlags]
      }
    }
  }
  return { command, path, words, flags, given, awaiting, flagsEnded, kubeconfig }
}

function commandNamed(word: string, before: CommandEntry | undefined): CommandEntry | undefined {
  const known = before === undefined ? commands : before.subcommands
  return known?.find(({ name }) => name === word)
}

/** Whether a word is a flag; `-` alone stands for standard input. */
export function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-'
}

/** The flag that a word is, and the value that stands in the same word. */
export function splitFlag(
  word: string,
  flags: readonly Flag[],
): { readonly flag: Flag | undefined; readonly value: string | undefined } {
  const [, name, value] = longForm.exec(word) ?? []
  if (name !== undefined) return { flag: flags.find((each) => each.name === name), value }
  const attached = word.slice(2)
  return {
    flag: flags.find(({ short }) => short === word[1]),
    value: attached === '' ? undefined : attached.replace(/^=/u, ''),
  }
}

const longForm = /^--([^=]+)(?:=(.*))?$/su
