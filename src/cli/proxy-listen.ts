import type { AddressInfo, Server } from 'node:net'

import { CommandError } from './command-error.ts'

/**
 * Has the server listen.
 *
 * @throws {@link CommandError} With the words of kubectl, when the port cannot be had.
 */
export function listen(server: Server, address: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    // For good: later errors are those of single connections, and end nothing.
    server.on('error', (error) => {
      reject(explain(error, address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`))
    })
    server.listen({ host: address, port, exclusive: true }, () => {
      const bound = server.address()
      if (typeof bound === 'object' && bound !== null) resolve(bound)
    })
  })
}

function explain(error: Error, where: string): CommandError {
  const code = 'code' in error ? error.code : undefined
  const known = explanations.find((each) => each.code === code)
  const { words = error.message, hint = 'check --address and --port' } = known ?? {}
  return new CommandError(`listen tcp ${where}: ${words}`, { cause: error, hint })
}

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
