import { once } from 'node:events'
import { connect } from 'node:net'

import { Http2Connection } from '../../src/http2/connection.ts'
import type { Http2ConnectionOptions } from '../../src/http2/connection-options.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import type { Dispatching } from '../http1/outcome.ts'
import type { CleanUp } from '../testing/clean-up.ts'
import { connectionOptions } from './connection-options.ts'
import { ScriptedServer } from './scripted-server.ts'
import { settingsFrame } from './server-frames.ts'

/** A connection to a server that says what a test has it say. */
export interface Connected {
  readonly server: ScriptedServer
  readonly connection: Http2Connection
  readonly clock: FakeClock
  /** What its owner has heard, one for each time. */
  readonly heard: ('changed' | 'gone')[]
  /** The connection, for whoever wants something of the shape of undici's `Client`. */
  readonly client: Dispatching
}

/** How a test wants the connection; what it does not say is as in {@link connected}. */
export type ConnectedOptions = Partial<Omit<Http2ConnectionOptions, 'clock'>> & {
  /** What the server says at first. Default: SETTINGS that say nothing. */
  readonly greeting?: Uint8Array
  readonly changed?: () => void
}

/** Connects, and closes both sides when the test is over. */
export async function connected(
  cleanUp: CleanUp,
  { greeting = settingsFrame(), changed, ...options }: ConnectedOptions = {},
): Promise<Connected> {
  const server = new ScriptedServer(greeting)
  cleanUp.defer(() => server[Symbol.asyncDispose]())
  const socket = connect(await server.listen(), '127.0.0.1').setNoDelay(true)
  await Promise.all([once(socket, 'connect'), server.wasConnected()])
  const clock = createFakeClock()
  const heard: Connected['heard'] = []
  const connection = new Http2Connection(
    socket,
    { ...connectionOptions(clock), ...options },
    {
      changed: () => {
        heard.push('changed')
        changed?.()
      },
      gone: () => heard.push('gone'),
    },
  )
  cleanUp.defer(() => connection.destroy(new Error('the test is over')))
  return { server, connection, clock, heard, client: clientOf(connection) }
}

function clientOf(connection: Http2Connection): Dispatching {
  return {
    dispatch: (...request) => {
      connection.dispatch(...request)
      return true
    },
  }
}
