import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'

import { Http2Connection } from '../../src/http2/connection.ts'
import { StreamResetError } from '../../src/http2/http2-error.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { connectionOptions } from './connection-options.ts'
import { bodyOf, NodeServer, type Planned } from './node-server.ts'
import { Reader } from './reader.ts'

const cleanUp = new CleanUp()
afterEach(() => cleanUp.run())

/** A request: what the server does with it, and what its reader does. */
interface Plan extends Planned {
  /** It pauses when it has so many bytes, for so many turns of the event loop. */
  readonly pauseAt: number
  readonly turns: number
  /** It gives up when it has so many bytes. */
  readonly abortAt: number
}

const most = 300 * 1024
const somewhere = fc.nat({ max: most })
const plans: fc.Arbitrary<Plan[]> = fc.array(
  fc.record({
    size: fc.oneof(fc.constant(0), fc.nat({ max: 2000 }), somewhere),
    piece: fc.integer({ min: 1000, max: 70_000 }),
    withLength: fc.boolean(),
    withTrailers: fc.boolean(),
    resetAt: seldom(somewhere),
    pauseAt: fc.oneof(fc.constant(Infinity), fc.constant(0), somewhere),
    turns: fc.nat({ max: 50 }),
    abortAt: seldom(somewhere),
  }),
  { minLength: 1, maxLength: 60 },
)

function seldom(at: fc.Arbitrary<number>): fc.Arbitrary<number> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(Infinity) }, { weight: 1, arbitrary: at })
}

async function connected() {
  const server = new NodeServer()
  const socket = connect(await server.listen(), '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  let changed: () => void = () => undefined
  const connection = new Http2Connection(socket, connectionOptions(createFakeClock()), {
    changed: () => changed(),
    gone: () => undefined,
  })
  cleanUp.defer(() => server[Symbol.asyncDispose]())
  cleanUp.defer(() => connection.destroy(new Error('the test is over')))
  return { server, connection, onChange: (then: () => void) => (changed = then) }
}

function readerOf(plan: Plan): Reader {
  let pausesAt = plan.pauseAt
  const look = (reader: Reader): void => {
    if (reader.received >= plan.abortAt) reader.abort()
    if (reader.received < pausesAt) return
    pausesAt = Infinity
    reader.pause()
    let left = plan.turns
    const wait = (): void => {
      if (left-- > 0) setImmediate(wait)
      else reader.resume()
    }
    wait()
  }
  return new Reader({ onResponseStart: look, onResponseData: look })
}

/** How a request may end, by its plan. */
function endsOf({ size, piece, resetAt, abortAt }: Plan): string[] {
  const isReset = Math.ceil(resetAt / piece) * piece < size
  const aborts = abortAt <= size
  if (isReset) return aborts ? ['reset', 'enough'] : ['reset']
  return [aborts ? 'enough' : 'end']
}

/** How it has ended. */
function endOf({ error, told }: Reader): string | undefined {
  return error instanceof StreamResetError && error.http2ErrorCode === 2 ? 'reset' : told.at(-1)
}

test('gets from nghttp2 what it sends, however many are read, held up, given up and reset', async () => {
  const { server, connection, onChange } = await connected()
  let whole = 0
  await fc.assert(
    fc.asyncProperty(plans, async (all) => {
      server.plans = all
      const requests = all.map((plan) => ({ plan, reader: readerOf(plan) }))
      let next = 0
      const ask = (): void => {
        while (connection.hasRoom && next < requests.length) {
          const index = next++
          requests[index]?.reader.ask(connection, `/${index}`)
        }
      }
      onChange(ask)
      ask()
      await Promise.all(requests.map(async ({ reader }) => reader.ended))
      for (const [index, { plan, reader }] of requests.entries()) {
        const end = endOf(reader)
        expect(endsOf(plan)).toContain(end)
        expect(end === 'end' ? reader.received : plan.size).toBe(plan.size)
        const came = bodyOf(index, plan.size).subarray(0, reader.received)
        expect(reader.digest()).toBe(createHash('sha256').update(came).digest('hex'))
        if (end === 'end') whole++
      }
      expect(connection.busy).toBe(false)
    }),
    { numRuns: 60 },
  )
  expect(whole).toBeGreaterThan(100)
  // All over one connection, on whose other side nothing is left either.
  await expect.poll(() => server.opened - server.closed).toBe(0)
  expect(server.complaints).toEqual([])
  expect(connection.hasRoom).toBe(true)
})

test('holds nothing of the requests that are over, for as long as it is there', async () => {
  const { server, connection } = await connected()
  const plan = { piece: 16_384, withLength: true, withTrailers: true, resetAt: Infinity }
  server.plans = Array.from({ length: 100 }, (_, index) => ({ ...plan, size: index * 1000 }))
  const askAndForget = async (): Promise<WeakRef<Reader>[]> => {
    const readers = server.plans.map((_, index) => new Reader().ask(connection, `/${index}`))
    await Promise.all(readers.map(async ({ ended }) => ended))
    return readers.map((reader) => new WeakRef(reader))
  }
  const refs = await askAndForget()
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const held = () => {
    collect()
    return refs.filter((ref) => ref.deref() !== undefined).length
  }
  await expect.poll(held).toBe(0)
  expect(connection.hasRoom).toBe(true)
})
