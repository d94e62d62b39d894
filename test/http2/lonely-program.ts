// Connects to a server, asks it something or not, and does nothing more: it ends when nothing keeps it.
import { connect } from 'node:net'

import { systemClock } from '../../src/credential/clock.ts'
import { Http2Connection } from '../../src/http2/connection.ts'
import { connectionOptions } from './connection-options.ts'

const [, , port, moment] = process.argv
const socket = connect(Number(port), '127.0.0.1', () => {
  const connection = new Http2Connection(
    socket,
    { ...connectionOptions(systemClock), idleMs: 3_600_000 },
    { changed: () => undefined, gone: () => undefined },
  )
  if (moment !== 'after a request') return
  connection.dispatch(
    { path: '/', method: 'GET' },
    { onResponseData: (_, chunk) => void process.stdout.write(chunk) },
  )
})
