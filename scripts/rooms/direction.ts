import { posix } from 'node:path'
import { importsOf } from './imports.ts'
import { lineOf, type Source } from './source.ts'
import type { Violation } from './violation.ts'

// The rooms of src/, bottom up; those of one line do not know each other.
const floors: readonly (readonly string[])[] = [
  ['errors'],
  ['events'],
  ['host'],
  ['encoding'],
  ['api'],
  ['yaml'],
  ['credential'],
  ['exec', 'file', 'kubeconfig', 'token'],
  ['projection', 'transport', 'metrics'],
  ['connect', 'http1', 'hpack'],
  ['http2'],
  ['proxy'],
  ['testing'],
  ['doors'],
  ['cli'],
]

// What these may import is less than all that lies below them.
const narrower: Readonly<Record<string, readonly string[]>> = {
  // Reads bytes; what they are for is the caller's affair.
  yaml: ['encoding', 'api'],
  // Knows no word of Kubernetes.
  credential: ['errors', 'events', 'host', 'encoding'],
  // Does not know where credentials come from.
  transport: ['errors', 'events', 'host', 'api', 'credential', 'kubeconfig'],
  // One connection; knows neither credentials nor pools.
  http1: ['errors', 'credential'],
  // Texts and bytes; knows nothing of connections.
  hpack: [],
  // Many requests on one connection; the rest as there.
  http2: ['errors', 'credential', 'http1', 'hpack'],
  // Takes the HTTP client as a function.
  token: ['errors', 'events', 'host', 'encoding', 'api', 'credential'],
  // Knows neither HTTP nor kubeconfig files: what it is made of comes through functions.
  projection: ['errors', 'events', 'host', 'encoding', 'api', 'yaml', 'credential', 'token'],
  // Counts what the others tell of, and asks none of them to do anything for it.
  metrics: ['errors', 'events', 'credential'],
  // The fakes must not share their mistakes with what they test.
  testing: ['errors', 'events', 'host', 'api', 'credential'],
  // The library's first customer: what it needs, the doors have to give.
  cli: ['doors', 'proxy', 'api', 'host'],
}

/** Imports in src/ run one way: to the same room or to one further down, for types, too. */
export function checkDirection(source: Source): Violation[] {
  if (!source.path.startsWith('src/')) return []
  const room = roomOf(source.path)
  if (room === undefined) return [violation(source, 0, 'this file stands in no room of src/')]
  return importsOf(source).flatMap(({ specifier, start }) => {
    const why = specifier.startsWith('.') ? whyNot(source.path, room, specifier) : undefined
    return why === undefined ? [] : [violation(source, start, why)]
  })
}

/** The rooms that the files of a room may import, its own among them. */
export function allowedRooms(room: string): readonly string[] {
  const floor = floors.findIndex((rooms) => rooms.includes(room))
  return [room, ...(narrower[room] ?? floors.slice(0, floor).flat())]
}

function whyNot(path: string, room: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier)
  const targetRoom = roomOf(target)
  if (targetRoom === undefined) return `imports ${target}, which is in no room of src/`
  const allowed = allowedRooms(room)
  if (allowed.includes(targetRoom)) return undefined
  return `imports ${target}, but ${room}/ may import only ${allowed.join(', ')}`
}

function roomOf(path: string): string | undefined {
  const [top, room, file] = path.split('/')
  const known = top === 'src' && file !== undefined && floors.flat().includes(room ?? '')
  return known ? room : undefined
}

function violation(source: Source, offset: number, why: string): Violation {
  return { path: source.path, line: lineOf(source, offset), rule: 'import direction', why }
}
