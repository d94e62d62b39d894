import { Socket } from 'node:net'

import { Http2Connection } from '../../src/http2/connection.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { connectionOptions } from '../http2/connection-options.ts'
import { showsSecret, type Finding } from './verdict.ts'

/** What a handler is told, in its order: `s`tart, `d`ata, `e`nd, `f`ailure. */
interface Told {
  words: string
  readonly pauses: boolean
}

const goodOrder = /^s*(?:s+d*e|s*d*f)$/u
// All of it is still held for its reader.
const heldOrder = /^s+$/u

/**
 * Takes what a server says on a connection with three requests, of which one stalls its reader. Nothing
 * but the end of a request may come of it, and that once the connection is gone.
 */
export function takeHttp2(bytes: Uint8Array): Finding | undefined {
  const socket = new Socket()
  let gone = 0
  const connection = new Http2Connection(socket, connectionOptions(createFakeClock()), {
    changed: () => undefined,
    gone: () => gone++,
  })
  const all = [false, false, true].map((pauses) => ask(connection, { words: '', pauses }))
  // The first byte says how it is cut.
  const step = (bytes[0] ?? 0) * 8 || bytes.length
  for (let at = 1; at < bytes.length; at += step) {
    socket.emit('data', Buffer.from(bytes.subarray(at, at + step)))
  }
  connection.destroy(new Error('the server has gone'))
  if (gone !== 1) return { kind: 'wrong', what: `gone ${gone} times` }
  for (const { words, pauses } of all) {
    if (goodOrder.test(words) || (pauses && heldOrder.test(words))) continue
    return { kind: 'wrong', what: `told in the order ${words.slice(-50)}` }
  }
  return connection.busy ? { kind: 'wrong', what: 'a request is left' } : undefined
}

function ask(connection: Http2Connection, told: Told): Told {
  const headers = ['authorization', `Bearer ${plantedSecret}`]
  connection.dispatch(
    { path: '/', method: 'GET', headers },
    {
      onRequestStart: () => undefined,
      onResponseStart: (controller) => {
        told.words += 's'
        if (told.pauses) controller.pause()
      },
      onResponseData: () => void (told.words += 'd'),
      onResponseEnd: () => void (told.words += 'e'),
      onResponseError: (_, { message }) => {
        told.words += showsSecret(message) ? '!' : 'f'
      },
    },
  )
  return told
}
