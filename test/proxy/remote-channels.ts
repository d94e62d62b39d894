import { PassThrough, Writable, type Duplex } from 'node:stream'

import type { RemoteStreams } from './remote-command.ts'
import { acceptSpdy } from './spdy.ts'

/** Which streams a client asks for, in the query of its request. */
export interface WantedStreams {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
}

/** The streams of v5.channel.k8s.io: the first byte of a message says which one it belongs to. */
export function websocketStreams(messages: Duplex, wanted: WantedStreams): RemoteStreams {
  const stdin = wanted.stdin ? new PassThrough() : undefined
  messages.on('data', (message: Buffer) => {
    if (message[0] === channels.stdin) stdin?.write(message.subarray(1))
    if (message[0] === channels.close && message[1] === channels.stdin) stdin?.end()
  })
  messages.once('close', () => stdin?.destroy())
  const channel = (number: number): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        messages.write(Buffer.concat([Buffer.from([number]), chunk]), done)
      },
    }).on('error', () => {})
  return {
    stdin,
    stdout: wanted.stdout ? channel(channels.stdout) : undefined,
    stderr: wanted.stderr ? channel(channels.stderr) : undefined,
    finish(status) {
      messages.end(Buffer.concat([Buffer.from([channels.error]), json(status)]))
    },
  }
}

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 }

/** The streams of v4.channel.k8s.io over SPDY, once the client has opened all of them. */
export function spdyStreams(
  connection: Duplex,
  wanted: WantedStreams,
  then: (streams: RemoteStreams) => void,
): void {
  const names = (['stdin', 'stdout', 'stderr'] as const).filter((name) => wanted[name])
  const opened: Duplex[] = []
  acceptSpdy(connection, (stream) => {
    opened.push(stream)
    const [error, ...others] = opened
    if (error === undefined || others.length !== names.length) return
    const named = (name: (typeof names)[number]): Duplex | undefined => others[names.indexOf(name)]
    then({
      stdin: named('stdin'),
      stdout: named('stdout'),
      stderr: named('stderr'),
      finish(status) {
        error.end(json(status))
        for (const other of others) other.end()
      },
    })
  })
}

function json(status: object): Buffer {
  return Buffer.from(JSON.stringify(status), 'utf8')
}
