import { nextValue, valueName, type Flag, type FlagValues } from './flag.ts'

/** Arguments that were understood. */
export interface QuickArguments {
  readonly words: readonly string[]
  readonly flags: FlagValues
}

/**
 * Understands the plain command lines of one command, without the time that it takes to load the
 * parser that knows all of them.
 *
 * @param command Its name, with that of the command that it stands behind: `token create`.
 * @returns undefined for anything unusual, help and mistakes among it: then the parser is asked.
 */
export function quickArguments(
  args: readonly string[],
  command: string,
  known: readonly Flag[],
): QuickArguments | undefined {
  const words: string[] = []
  const flags: Record<string, unknown> = {}
  const rest = args.values()
  for (const arg of rest) {
    if (arg === '-' || !arg.startsWith('-')) {
      words.push(arg)
      continue
    }
    const { name, value: attached } = split(arg)
    const flag = known.find((each) => (arg.startsWith('--') ? each.name : each.short) === name)
    if (flag === undefined || (flag.value === undefined && attached !== undefined)) return undefined
    const value = flag.value === undefined ? true : (attached ?? rest.next().value)
    if (value === undefined) return undefined
    const key = valueName(flag)
    flags[key] = value === true ? true : nextValue(flag, value, flags[key])
  }
  const names = command.split(' ')
  const isThat = names.every((name, index) => words[index] === name)
  return isThat ? { words: words.slice(names.length), flags } : undefined
}

function split(arg: string): { readonly name: string; readonly value: string | undefined } {
  const plain = arg.replace(/^--?/u, '')
  const end = plain.indexOf('=')
  if (end === -1) return { name: plain, value: undefined }
  return { name: plain.slice(0, end), value: plain.slice(end + 1) }
}
