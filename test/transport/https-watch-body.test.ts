import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'

import { describe, expect, test } from 'vitest'

import { WatchBody } from '../../src/transport/https-watch-body.ts'

const event = (number: number): string => `{"type":"ADDED","number":${number}}\n`
const events = Array.from({ length: 20_000 }, (_, number) => event(number)).join('')

function inChunksOf(bytes: number): readonly Buffer[] {
  const all = Buffer.from(events)
  const count = Math.ceil(all.length / bytes)
  return Array.from({ length: count }, (_, at) => all.subarray(at * bytes, (at + 1) * bytes))
}

describe('WatchBody', () => {
  test.each([997, 4096, 16_384, 65_536])(
    'ends after a whole line, though its reader is slow: chunks of %d bytes',
    async (bytes) => {
      const from = Readable.from(inChunksOf(bytes), { objectMode: false })
      const body = new WatchBody(from)
      // Nobody reads, until nothing more fits.
      while (!body.writableNeedDrain) await turn()
      body.finishSoon()
      const received = await text(body)
      expect(received.length).toBeGreaterThan(0)
      expect(received.at(-1)).toBe('\n')
      // What the server sent, up to there: nothing is left out in between.
      expect(events.startsWith(received)).toBe(true)
    },
  )
})
