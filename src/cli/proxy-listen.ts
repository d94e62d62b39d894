import { lstatSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { isIPv6, type AddressInfo, type ListenOptions } from 'node:net'

import { CommandError, usageError } from './command-error.ts'
import type { ProxyFlags } from './proxy-flags.ts'

/** Where a proxy listens. */
export type Place =
  | { readonly path: string }
  /** With port 0 the system picks one. */
  | { readonly host: string; readonly port: number }

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
 * Has the server listen.
 *
 * @returns Where: `127.0.0.1:8001`, or the path of the socket.
 * @throws {@link CommandError} With the words of kubectl, when the place cannot be had.
 */
export function listen(server: Server, place: Place): Promise<string> {
  return new Promise((resolve, reject) => {
    // For good: later errors are those of single connections, and end nothing.
    server.on('error', (error) => {
      reject(explain(error, place))
    })
    const listening = (): void => {
      const bound = server.address()
      if (bound !== null) resolve(typeof bound === 'string' ? bound : shown(bound))
    }
    if ('path' in place) listenOnSocket(server, place.path, listening)
    else server.listen({ ...place, exclusive: true } satisfies ListenOptions, listening)
  })
}

/** Only the user may use it: the file mode is all that guards the API then. */
function listenOnSocket(server: Server, path: string, listening: () => void): void {
  removeOldSocket(path)
  const before = process.umask(0o077)
  try {
    // The file is made within this call.
    server.listen({ path }, listening)
  } finally {
    process.umask(before)
  }
}

/** One that was left behind, or is in use, as kubectl does; anything else there is an error. */
function removeOldSocket(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(path)
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/u.test(text) && port <= 65_535) return port
  throw usageError(`invalid argument "${text}" for "-p, --port" flag`, 'a number from 0 to 65535')
}

function shown({ address, port }: AddressInfo): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`
}

function explain(error: Error, place: Place): CommandError {
  const code = 'code' in error ? error.code : undefined
  const known = explanations.find((each) => each.code === code)
  const { words = error.message, hint = 'check --address and --port' } = known ?? {}
  if ('path' in place) {
    return new CommandError(`listen unix ${place.path}: ${words}`, { cause: error, hint: inFolder })
  }
  const { host, port } = place
  const where = isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
  return new CommandError(`listen tcp ${where}: ${words}`, { cause: error, hint })
}

const inFolder = 'give --unix-socket a path that is free, in a folder that is there and yours'

const explanations = [
  {
    code: 'EADDRINUSE',
    words: 'bind: address already in use',
    hint: 'another program listens there; --port=0 takes any free port',
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
