import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { Responder } from '../../src/doors/testing.ts'
import type { Way } from './ways.ts'

/** Both ends of a connection that was upgraded through a proxy. */
export interface Upgraded {
  /** Each of them ends when it likes; an end of the other side ends nothing by itself. */
  readonly client: Socket
  readonly server: Duplex
  /** Breaks the connection of one of them with a reset. */
  readonly reset: Readonly<Record<'client' | 'server', () => void>>
}

/** Upgrades a connection, through the proxy of a way; `greeting` comes along with the answer. */
export async function upgrade(
  { server, address }: Pick<Way, 'server' | 'address'>,
  protocol: string,
  greeting = '',
): Promise<Upgraded> {
  const granted = new Promise<readonly [Duplex, Responder]>((resolve) => {
    const done = server.intercept((request, respond) => {
      if (request.headers.upgrade === undefined) return false
      const connection = respond.switchProtocols()
      connection.write(greeting)
      resolve([connection, respond])
      done()
      return true
    })
  })
  const port = Number(new URL(address).port)
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  client.write(
    `GET /upgrade HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`,
  )
  const head = await headOf(client)
  if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`instead of an upgrade: ${head}`)
  const [connection, respond] = await granted
  // A test that breaks one of them knows that it does.
  for (const end of [client, connection]) end.on('error', () => {})
  return {
    client,
    server: connection,
    reset: {
      client: () => void client.resetAndDestroy(),
      server: () => respond.dropConnection('reset'),
    },
  }
}

/** Reads the head of an answer, and leaves what follows it to be read. */
function headOf(client: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0)
    const onEnd = (): void => reject(new Error(`no answer but: ${seen.toString('latin1')}`))
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk])
      const end = seen.indexOf('\r\n\r\n') + 4
      if (end < 4) return
      client.off('data', onData).off('close', onEnd).off('end', onEnd).off('error', reject).pause()
      if (end < seen.length) client.unshift(seen.subarray(end))
      resolve(seen.subarray(0, end).toString('latin1'))
    }
    client.on('data', onData).once('close', onEnd).once('end', onEnd).once('error', reject)
  })
}
