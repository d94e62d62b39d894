// Has a connection with two requests whose handlers throw when they are told that it is over, and says
// what happens.
import { once } from 'node:events'
import { connect } from 'node:net'

import { systemClock } from '../../src/credential/clock.ts'
import { Http2Connection } from '../../src/http2/connection.ts'
import { ScriptedServer } from './scripted-server.ts'
import { settingsFrame } from './server-frames.ts'

process.on('uncaughtException', ({ message }) => say(`uncaught: ${message}`))
const server = new ScriptedServer(settingsFrame())
const socket = connect(await server.listen(), '127.0.0.1')
await once(socket, 'connect')
const connection = new Http2Connection(
  socket,
  { authority: 'a', idleMs: 0, largestHead: 16_384, clock: systemClock },
  { changed: () => undefined, gone: () => say('gone') },
)
for (const path of ['/1', '/2']) {
  connection.dispatch(
    { path, method: 'GET' },
    {
      onResponseError: (_, { message }) => {
        say(`a fault, told of ${message}`)
        throw new Error('a fault')
      },
    },
  )
}
connection.destroy(new Error('over'))
await server[Symbol.asyncDispose]()

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
