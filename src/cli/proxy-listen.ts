import { chmodSync, existsSync, lstatSync, renameSync, rmSync } from 'node:fs'
import { isIPv6, type AddressInfo, type ListenOptions, type Server } from 'node:net'
import { dirname } from 'node:path'

import { CommandError, usageError } from './command-error.ts'
import type { ProxyFlags } from './proxy-flags.ts'
import { messageOf } from './report-error.ts'

/** Where a server listens. */
export type Place =
  | { readonly path: string }
  | {
      readonly host: string
      /** With 0 the system picks one. */
      readonly port: number
      /** The flags that it comes from. Default: `--address and --port`. */
      readonly flags?: string
      /** The flag that takes any free port. Default: `--port=0`. */
      readonly anyPort?: string
    }

// As kubectl, which cannot tell either whether it was asked for this one.
const defaultPort = 8001

/**
 * Where the flags have the proxy listen.
 *
 * @throws {@link CommandError} A usage error for a port that is none, or with a socket besides.
 */
export function readPlace({
  address,
  port,
  unixSocket,
}: Pick<ProxyFlags, 'address' | 'port' | 'unixSocket'>): Place {
  const number = readPort(port)
  if (unixSocket === undefined || unixSocket === '') return { host: address, port: number }
  if (number === defaultPort) return { path: unixSocket }
  throw usageError('cannot set --unix-socket and --port at the same time', 'leave one of them out')
}

/**
 * The place that a flag for an address gives, as `--metrics-address`; undefined for none.
 *
 * @throws {@link CommandError} A usage error for a text that is not host and port.
 */
export function readAddress(flag: string, text = ''): Place | undefined {
  if (text === '') return undefined
  const { bracketed, name, port } =
    /^(?:\[(?<bracketed>[\da-f:.]+)\]|(?<name>[\w.-]+)):(?<port>\d+)$/iu.exec(text)?.groups ?? {}
  const host = bracketed ?? name
  if (host !== undefined && Number(port) <= 65_535) {
    const anyPort = `${flag}=${bracketed === undefined ? host : `[${host}]`}:0`
    return { host, port: Number(port), flags: flag, anyPort }
  }
  throw usageError(
    `invalid argument "${text}" for "${flag}" flag`,
    'give host and port: 127.0.0.1:9464, [::1]:9464; 0.0.0.0:9464 for everybody who can reach this machine',
  )
}

/**
 * Has the server listen.
 *
 * @returns Where: `127.0.0.1:8001`, or the path of the socket.
 * @throws {@link CommandError} With the words of kubectl, when the place cannot be had.
 */
export async function listen(server: Server, place: Place): Promise<string> {
  try {
    if ('path' in place) return await listenOnSocket(server, place.path)
    const { host, port } = place
    await listening(server, { host, port, exclusive: true })
    const bound = server.address()
    if (typeof bound === 'object' && bound !== null) return shown(bound)
    throw new Error('it is closed')
  } catch (error) {
    throw explain(error, place)
  }
}

// Clients that wait to be taken; Node's own 511 is fewer than the system allows (on Linux 4096).
const backlog = 4096

function listening(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    // For good: later errors are those of single connections, and end nothing.
    server.on('error', reject)
    server.listen({ ...options, backlog }, resolve)
  })
}

/**
 * Only the user may use the socket: its mode is all that guards the API then. It is made under another
 * name and moved to its place, so that there is never a moment without one, and so that whoever ends
 * does not remove the socket of the next, as the system library would.
 */
async function listenOnSocket(server: Server, path: string): Promise<string> {
  refuseOtherFile(path)
  refuseLongPath(path)
  const made = `${path}.${process.pid}`
  refuseOtherFile(made)
  rmSync(made, { force: true })
  const before = process.umask(0o077)
  // The file is made within this call.
  const listens = listening(server, { path: made })
  process.umask(before)
  await listens
  chmodSync(made, 0o600)
  const { ino } = lstatSync(made)
  renameSync(made, path)
  server.once('close', () => {
    if (lstatSync(path, { throwIfNoEntry: false })?.ino === ino) rmSync(path)
  })
  return path
}

/** Some versions of Node listen at a shorter path then, and say nothing. */
function refuseLongPath(path: string): void {
  if (Buffer.byteLength(path) <= longestPath) return
  throw Object.assign(new Error(`${path} is longer than ${longestPath} bytes`), { code: 'EINVAL' })
}

// The system takes 107, of which the name that the socket is made under needs eight more.
const longestPath = 99

/** A socket that was left behind, or is in use, is replaced, as by kubectl; anything else stays. */
function refuseOtherFile(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isSocket()) return
  throw Object.assign(new Error(`${path} is no socket`), { code: 'EADDRINUSE' })
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/u.test(text) && port <= 65_535) return port
  throw usageError(`invalid argument "${text}" for "-p, --port" flag`, 'a number from 0 to 65535')
}

function shown({ address, port }: AddressInfo): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`
}

function explain(error: unknown, place: Place): CommandError {
  const code = codeOf(error, place)
  const known = explanations.find((each) => each.code === code)
  const { words = messageOf(error), hint } = known ?? {}
  if ('path' in place) {
    // The system library's own words may be about another path, or another reason.
    return new CommandError(`listen unix ${place.path}: ${words}`, { hint: inFolder })
  }
  const { host, port, flags = '--address and --port', anyPort = '--port=0' } = place
  const where = isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
  const help = code === 'EADDRINUSE' ? `${hint}; ${anyPort} takes any free port` : hint
  const why = { cause: error, hint: help ?? `check ${flags}` }
  return new CommandError(`listen tcp ${where}: ${words}`, why)
}

// For a folder that is missing the system library says that it must not be used.
function codeOf(error: unknown, place: Place): unknown {
  if ('path' in place && !existsSync(dirname(place.path))) return 'ENOENT'
  return error instanceof Error && 'code' in error ? error.code : undefined
}

const inFolder =
  'give --unix-socket a path that is free and short, in a folder that is there and yours'

const explanations = [
  { code: 'ENOENT', words: 'bind: no such file or directory', hint: '' },
  { code: 'EINVAL', words: 'bind: invalid argument', hint: '' },
  {
    code: 'EADDRINUSE',
    words: 'bind: address already in use',
    hint: 'another program listens there',
  },
  {
    code: 'EACCES',
    words: 'bind: permission denied',
    hint: 'ports below 1024 are for the administrator; take a higher one',
  },
  {
    code: 'EADDRNOTAVAIL',
    words: 'bind: cannot assign requested address',
    hint: 'this machine does not have that address',
  },
] as const
