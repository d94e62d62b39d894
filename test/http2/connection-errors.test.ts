import { afterEach, describe, expect, test } from 'vitest'

import { frame, frameTypes } from '../../src/http2/frames.ts'
import { outcomeOf } from '../http1/outcome.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { connected } from './connected.ts'
import {
  blockFrame,
  dataFrame,
  goAwayAfter,
  headerBlock,
  headFrame,
  response,
  restFrame,
  settingsFrame,
} from './server-frames.ts'

const cleanUp = new CleanUp()
afterEach(() => cleanUp.run())

const ok = [':status', '200']
const [protocolError, flowControlError, frameSizeError, compressionError] = [1, 3, 6, 9]
const enhanceYourCalm = 11
const goesOn = { goesOn: true }
const ping = other('ping', 0, 8)
const tableOf8192 = Buffer.from([0x3f, 0xe1, 0x3f])

describe('a connection ends with all its requests', () => {
  const pieces = Array.from({ length: 200 }, () => restFrame(1, new Uint8Array(), goesOn))
  const half = new Uint8Array(10_000)
  const manyFields = Array.from({ length: 1000 }, () => ['a', 'b']).flat()

  test.each<[string, Buffer[], number]>([
    ['DATA on no stream', [dataFrame(0, 'a')], protocolError],
    ['HEADERS on no stream', [headFrame(0, ok)], protocolError],
    ['PRIORITY on no stream', [other('priority', 0, 5)], protocolError],
    ['RST_STREAM on no stream', [other('resetStream', 0, 4)], protocolError],
    ['SETTINGS on a stream', [other('settings', 1, 0)], protocolError],
    ['PING on a stream', [other('ping', 1, 8)], protocolError],
    ['GOAWAY on a stream', [other('goAway', 1, 8)], protocolError],
    ['DATA on a stream that there was not', [dataFrame(5, 'a')], protocolError],
    ['HEADERS on a stream that there was not', [headFrame(5, ok)], protocolError],
    ['RST_STREAM on a stream that there was not', [other('resetStream', 5, 4)], protocolError],
    ['WINDOW_UPDATE on a stream that there was not', [grows(5, 1)], protocolError],
    ['DATA on a stream of its own', [dataFrame(2, 'a')], protocolError],
    ['HEADERS on a stream of its own', [headFrame(2, ok)], protocolError],
    ['PUSH_PROMISE', [other('pushPromise', 1, 8)], protocolError],
    ['a frame that is too long', [longFrame()], frameSizeError],
    ['RST_STREAM that is too short', [other('resetStream', 1, 3)], frameSizeError],
    ['PRIORITY that is too short', [other('priority', 1, 4)], frameSizeError],
    ['PING that is too long', [other('ping', 0, 9)], frameSizeError],
    ['GOAWAY that is too short', [other('goAway', 0, 7)], frameSizeError],
    ['WINDOW_UPDATE that is too long', [other('windowUpdate', 0, 5)], frameSizeError],
    ['SETTINGS that are cut off', [other('settings', 0, 5)], frameSizeError],
    ['an acknowledgement with SETTINGS', [ack('settings', 6)], frameSizeError],
    ['HEADERS with half a priority', [halfPriority()], frameSizeError],
    ['SETTINGS that ask for pushes', [settingsFrame(2, 1)], protocolError],
    ['SETTINGS with no such push', [settingsFrame(2, 2)], protocolError],
    ['SETTINGS with too large a window', [settingsFrame(4, 2 ** 31)], flowControlError],
    ['SETTINGS with too small frames', [settingsFrame(5, 2 ** 14 - 1)], protocolError],
    ['SETTINGS with too large frames', [settingsFrame(5, 2 ** 24)], protocolError],
    ['WINDOW_UPDATE by nothing', [grows(0, 0)], protocolError],
    ['WINDOW_UPDATE by nothing on a stream', [grows(1, 0)], protocolError],
    ['more padding than bytes', [overPadded('data')], protocolError],
    ['more padding than bytes of a head', [overPadded('headers')], protocolError],
    ['padding without its length', [unpadded()], protocolError],
    ['a header list that is none', [blockFrame(1, Buffer.from([0x80]))], compressionError],
    ['a header list that is cut off', [blockFrame(1, Buffer.from([0, 5]))], compressionError],
    ['a header list with too large a table', [blockFrame(1, tableOf8192)], compressionError],
    [
      'a header list that is none, for a stream that is closed',
      [response(1), blockFrame(1, Buffer.from([0x80]))],
      compressionError,
    ],
    ['too many headers', [headFrame(1, [...ok, ...manyFields])], compressionError],
    [
      'too long headers',
      [blockFrame(1, half, goesOn), restFrame(1, half, goesOn)],
      enhanceYourCalm,
    ],
    [
      'a header list in pieces without an end',
      [blockFrame(1, new Uint8Array(), goesOn), ...pieces],
      enhanceYourCalm,
    ],
    [
      'DATA amid a header list',
      [blockFrame(1, headerBlock(ok), goesOn), dataFrame(1, 'a')],
      protocolError,
    ],
    [
      'HEADERS amid a header list',
      [blockFrame(1, headerBlock(ok), goesOn), headFrame(3, ok)],
      protocolError,
    ],
    ['PING amid a header list', [blockFrame(1, headerBlock(ok), goesOn), ping], protocolError],
    [
      'what nobody knows amid a header list',
      [blockFrame(1, headerBlock(ok), goesOn), frame(0xfa, 0, 0, new Uint8Array())],
      protocolError,
    ],
    [
      'the rest of a header list of another stream',
      [blockFrame(1, headerBlock(ok), goesOn), restFrame(3, new Uint8Array())],
      protocolError,
    ],
    ['the rest of no header list', [restFrame(1, headerBlock(ok))], protocolError],
    [
      'the rest of a header list that is ended',
      [headFrame(1, ok), restFrame(1, headerBlock(ok))],
      protocolError,
    ],
  ])('at %s', async (_, said, code) => {
    const { server, client, connection, heard } = await connected(cleanUp)
    const asked = [outcomeOf(client), outcomeOf(client)]
    await server.wasAsked(2)
    server.send(...said)
    const second = await asked[1]
    expect(second?.error?.message).toMatch(/^malformed HTTP\/2 response: /u)
    await asked[0]
    await expect.poll(() => server.left).toBe(true)
    expect(server.codes('goAway')).toEqual([code])
    expect(heard.filter((word) => word === 'gone')).toHaveLength(1)
    expect([connection.busy, connection.hasRoom]).toEqual([false, false])
  })

  test.each<[string, Buffer]>([
    ['HTTP/1.1', Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')],
    ['a response', response(1)],
    ['an acknowledgement of settings', ack('settings', 0)],
    ['GOAWAY', goAwayAfter(0)],
  ])('when its server begins with %s', async (_, greeting) => {
    const { server, client } = await connected(cleanUp, { greeting: new Uint8Array() })
    const asked = outcomeOf(client)
    await server.wasAsked(1)
    server.send(greeting)
    expect((await asked).error?.message).toMatch(/^malformed HTTP\/2 response: /u)
    await expect.poll(() => server.left).toBe(true)
  })

  test('whose server asks without an end, and reads no answer', async () => {
    const { server, client } = await connected(cleanUp)
    const asked = outcomeOf(client)
    await server.wasAsked(1)
    server.pause()
    const pings = Buffer.concat(Array.from({ length: 10_000 }, () => ping))
    const flood = setInterval(() => server.send(pings), 1)
    cleanUp.defer(() => clearInterval(flood))
    expect((await asked).error).toMatchObject({ errorCode: enhanceYourCalm })
  })
})

/** A frame of any type with so many zeroes. */
function other(type: keyof typeof frameTypes, stream: number, size: number): Buffer {
  return frame(frameTypes[type], 0, stream, new Uint8Array(size))
}

function ack(type: 'settings' | 'ping', size: number): Buffer {
  return frame(frameTypes[type], 1, 0, new Uint8Array(size))
}

function grows(stream: number, bytes: number): Buffer {
  return frame(frameTypes.windowUpdate, 0, stream, Buffer.from([0, 0, 0, bytes]))
}

function longFrame(): Buffer {
  return frame(frameTypes.data, 0, 1, new Uint8Array(2 ** 14 + 1))
}

function halfPriority(): Buffer {
  return frame(frameTypes.headers, 0x24, 1, new Uint8Array(4))
}

function overPadded(type: 'data' | 'headers'): Buffer {
  return frame(frameTypes[type], 0xc, 1, Buffer.from([3, 0, 0]))
}

function unpadded(): Buffer {
  return frame(frameTypes.data, 8, 1, new Uint8Array())
}
