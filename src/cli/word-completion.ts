import { commands, type CommandEntry } from './commands.ts'
import type { Flag } from './flag.ts'
import { shells } from './shells.ts'
import { isFlag, readTypedLine, splitFlag, type TypedLine } from './typed-line.ts'

/** What the word at the cursor can become. */
export interface Completion {
  /** The beginning of the word that stays as it is: `--output=`. */
  readonly kept: string
  /** What can follow it. */
  readonly offer: Offer
  /** The kubeconfig that the line names. */
  readonly kubeconfig: string | undefined
}

/** What can follow: a list, or what has to be looked for. */
export type Offer =
  | { readonly kind: 'candidates'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'files' | 'folders' }
  | { readonly kind: 'kubeconfig'; readonly entries: EntryKind }

/** What of a kubeconfig has names. */
export type EntryKind = 'contexts' | 'clusters' | 'users' | 'namespaces' | 'plugins'

/** One thing that a word can become. */
export interface Candidate {
  readonly value: string
  /** '' when there is nothing to say. */
  readonly about: string
}

/**
 * What the word at the cursor can become, whatever of it is there already.
 *
 * @param finished The words before it, without the name of the program.
 * @param current The part of it before the cursor, '' when it has not begun.
 */
export function completionOf(finished: readonly string[], current: string): Completion {
  const line = readTypedLine(finished)
  const { awaiting, flagsEnded, flags, kubeconfig } = line
  if (awaiting !== undefined) return { ...valueOf(awaiting, current, ''), kubeconfig }
  if (flagsEnded || !isFlag(current)) {
    const isDash = current === '-' && !flagsEnded
    return { kept: '', offer: isDash ? list(flagNames(line)) : wordsOf(line), kubeconfig }
  }
  const end = current.indexOf('=') + 1
  if (end === 0) return { kept: '', offer: list(flagNames(line)), kubeconfig }
  const { flag } = splitFlag(current, flags)
  return { ...valueOf(flag, current.slice(end), current.slice(0, end)), kubeconfig }
}

const nothing: Offer = { kind: 'candidates', candidates: [] }

function list(candidates: readonly Candidate[]): Offer {
  return { kind: 'candidates', candidates }
}

function plain(values: readonly string[]): readonly Candidate[] {
  return values.map((value) => ({ value, about: '' }))
}

function valueOf(
  flag: Flag | undefined,
  typed: string,
  kept: string,
): Omit<Completion, 'kubeconfig'> {
  if (flag === undefined) return { kept, offer: nothing }
  const { name, value, values } = flag
  const entries = entriesByFlag.get(name)
  if (entries !== undefined) return { kept, offer: { kind: 'kubeconfig', entries } }
  if (name === 'data' && typed.startsWith('@'))
    return { kept: `${kept}@`, offer: { kind: 'files' } }
  if (value === 'file') return { kept, offer: { kind: 'files' } }
  if (value === 'folder') return { kept, offer: { kind: 'folders' } }
  return { kept, offer: list(plain(value === undefined ? ['true', 'false'] : (values ?? []))) }
}

const entriesByFlag: ReadonlyMap<string, EntryKind> = new Map([
  ['context', 'contexts'],
  ['cluster', 'clusters'],
  ['user', 'users'],
  ['namespace', 'namespaces'],
  ['plugin-allow', 'plugins'],
])

function flagNames({ flags, given, command, words }: TypedLine): readonly Candidate[] {
  const open = flags.filter((flag) => flag.repeated === true || !given.has(flag))
  const atStart = command === undefined && words.length === 0
  return [
    ...open.map(({ name, help }) => ({ value: `--${name}`, about: help })),
    { value: '--help', about: 'print help' },
    ...(atStart ? [{ value: '--version', about: 'print the version' }] : []),
  ]
}

function wordsOf({ command, path, words }: TypedLine): Offer {
  if (command === undefined) return list(firstWords(words))
  if (command.subcommands !== undefined) {
    return list(words.length === 0 ? withHelp(namesOf(command.subcommands)) : [])
  }
  if (path === 'completion') return list(words.length === 0 ? plain(shells) : [])
  if (path === 'request') return list(requestWords(words))
  return path === 'token inspect' && words.length === 0 ? { kind: 'files' } : nothing
}

function firstWords([first, ...more]: readonly string[]): readonly Candidate[] {
  if (first === undefined) return withHelp(namesOf(commands))
  if (first !== 'help') return []
  if (more.length === 0) return namesOf(commands)
  const group = more.length === 1 ? commands.find(({ name }) => name === more[0]) : undefined
  return namesOf(group?.subcommands ?? [])
}

function requestWords([first, ...more]: readonly string[]): readonly Candidate[] {
  if (first === undefined) return [...plain(methods), ...paths]
  return more.length === 0 && !first.startsWith('/') ? paths : []
}

function namesOf(entries: readonly CommandEntry[]): readonly Candidate[] {
  return entries.map(({ name, texts }) => ({ value: name, about: texts.summary }))
}

function withHelp(names: readonly Candidate[]): readonly Candidate[] {
  return [...names, { value: 'help', about: helpAbout }]
}

const helpAbout = 'print the help of a command'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

// What every API server has; for the rest it would have to be asked.
const paths: readonly Candidate[] = [
  { value: '/version', about: 'version of the server' },
  { value: '/api/v1', about: 'kinds of the core' },
  { value: '/apis', about: 'groups of kinds' },
  { value: '/livez', about: 'whether the server lives' },
  { value: '/readyz', about: 'whether the server is ready' },
  { value: '/metrics', about: 'metrics of the server' },
  { value: '/openapi/v3', about: 'schemas of all kinds' },
]
