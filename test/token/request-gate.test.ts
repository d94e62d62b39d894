import { beforeEach, describe, expect, test } from 'vitest'

import { KubecredError, messageOf } from '../../src/errors/kubecred-error.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { RequestGate, type GateRules, type Passage } from '../../src/token/request-gate.ts'
import { settled } from './fake-token-server.ts'

const seconds = 1000
const never = new AbortController().signal

let clock: FakeClock
let gate: RequestGate
/** Names of those who have come through, in order. */
let through: string[]
let passages: Map<string, Passage>
/** Those of the others. */
let errors: unknown[]

beforeEach(() => {
  clock = createFakeClock()
  const cooldown = { firstMs: seconds, maxMs: 8 * seconds }
  gate = gateOf({ cooldown })
  through = []
  passages = new Map()
  errors = []
})

function gateOf(changes: Partial<GateRules>): RequestGate {
  const cooldown = { firstMs: seconds, maxMs: 30 * seconds }
  const patienceMs = 300 * seconds
  return new RequestGate({
    maxInFlight: 2,
    cooldown,
    patienceMs,
    clock,
    random: () => 0,
    ...changes,
  })
}

interface Entrant {
  readonly ahead?: boolean
  readonly signal?: AbortSignal
}

/** @returns Says that somebody waits for it. */
async function enter(
  name: string,
  { ahead = false, signal = never }: Entrant = {},
): Promise<() => void> {
  let wanted: () => void = () => undefined
  const whenWanted = (then: () => void): void => {
    wanted = then
  }
  gate.enter({ ahead, signal, whenWanted }).then(
    (passage) => {
      through.push(name)
      passages.set(name, passage)
    },
    (reason: unknown) => {
      through.push(`${name}: ${messageOf(reason)}`)
      errors.push(reason)
    },
  )
  await settled()
  return wanted
}

async function leave(
  name: string,
  outcome: Parameters<Passage['leave']>[0] = 'answered',
): Promise<void> {
  passages.get(name)?.leave(outcome)
  await settled()
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms)
  await settled()
}

const refused = (statusCode: number, retryAfterMs?: number): { readonly error: KubecredError } => ({
  error: new KubecredError('ERR_TOKEN_REQUEST', 'no', {
    details: { statusCode, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  }),
})

describe('a gate', () => {
  test('lets so many through at a time, in the order that they came', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await enter(name)
    expect([through, gate.inFlight, gate.waiting]).toEqual([['a', 'b'], 2, 2])
    await leave('b')
    expect(through).toEqual(['a', 'b', 'c'])
    await leave('a')
    expect([through, gate.inFlight, gate.waiting]).toEqual([['a', 'b', 'c', 'd'], 2, 0])
  })

  test('lets those through first that somebody waits for', async () => {
    await enter('a')
    await enter('b')
    await enter('ahead', { ahead: true })
    await enter('needed')
    await leave('a')
    await leave('b')
    expect(through).toEqual(['a', 'b', 'needed', 'ahead'])
  })

  test('puts one that somebody waits for after all before those that nobody waits for', async () => {
    await enter('a')
    await enter('b')
    await enter('ahead 1', { ahead: true })
    const wanted = await enter('ahead 2', { ahead: true })
    wanted()
    wanted()
    await leave('a')
    expect([through, gate.waiting]).toEqual([['a', 'b', 'ahead 2'], 1])
  })

  test('counts a passage once, however often its end is told', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await enter(name)
    await leave('a')
    await leave('a')
    expect([through, gate.inFlight]).toEqual([['a', 'b', 'c'], 2])
  })

  test('lets those go who leave the line, and no timer stays behind', async () => {
    await enter('a')
    await leave('a', refused(503, 60 * seconds))
    const leaver = new AbortController()
    await enter('b', { signal: leaver.signal })
    expect([gate.waiting, clock.pendingTimers]).toEqual([1, 1])
    leaver.abort('gone')
    await settled()
    expect([through, gate.waiting, clock.pendingTimers]).toEqual([['a', 'b: gone'], 0, 0])
    await enter('c', { signal: leaver.signal })
    expect(through.at(-1)).toBe('c: gone')
  })
})

describe('while the server fails', () => {
  test('those ahead of need wait, one tries after a cooldown, and the others follow it', async () => {
    await enter('a')
    await leave('a', refused(503))
    for (const name of ['b', 'c', 'd']) await enter(name, { ahead: true })
    await pass(seconds - 1)
    expect(through).toEqual(['a'])
    await pass(1)
    expect(through).toEqual(['a', 'b'])
    await leave('b')
    expect(through).toEqual(['a', 'b', 'c', 'd'])
  })

  test('the cooldown grows with each try that fails', async () => {
    await enter('a')
    await leave('a', refused(503))
    for (const name of ['b', 'c', 'd']) await enter(name, { ahead: true })
    await pass(seconds)
    await leave('b', refused(500))
    await pass(2 * seconds - 1)
    expect(through).toEqual(['a', 'b'])
    await pass(1)
    expect(through).toEqual(['a', 'b', 'c'])
  })

  test('one that tries and is given up makes room for another', async () => {
    await enter('a')
    await leave('a', refused(503))
    for (const name of ['b', 'c']) await enter(name, { ahead: true })
    await pass(seconds)
    await leave('b', 'abandoned')
    expect(through).toEqual(['a', 'b', 'c'])
  })

  test('those that somebody waits for go all the same, and a success opens the gate for all', async () => {
    await enter('a')
    await leave('a', { error: new Error('connection refused') })
    await enter('ahead', { ahead: true })
    await enter('needed')
    expect(through).toEqual(['a', 'needed'])
    await leave('needed')
    expect(through).toEqual(['a', 'needed', 'ahead'])
  })

  test.each(['ERR_TOKEN_REPLY', 'ERR_CONNECTION', 'ERR_TIMEOUT'] as const)(
    'an answer that cannot be had or read (%s) is that of all keys, until there is a good one',
    async (code) => {
      await enter('a')
      await leave('a', { error: new KubecredError(code, 'no') })
      await enter('ahead', { ahead: true })
      await enter('needed')
      expect(through).toEqual(['a', 'needed'])
      await leave('needed')
      expect(through).toEqual(['a', 'needed', 'ahead'])
    },
  )

  test.each([400, 401, 403, 404, 409, 422])(
    'an answer %i is that of a server that is well',
    async (statusCode) => {
      await enter('a')
      await leave('a', refused(statusCode))
      await enter('ahead', { ahead: true })
      expect(through).toEqual(['a', 'ahead'])
    },
  )
})

describe('a server that asks to be left alone', () => {
  test('is left alone by all, for that time', async () => {
    await enter('a')
    await leave('a', refused(429, 5 * seconds))
    await enter('needed')
    await enter('ahead', { ahead: true })
    await pass(5 * seconds - 1)
    expect(through).toEqual(['a'])
    await pass(1)
    expect(through).toEqual(['a', 'needed', 'ahead'])
  })

  test('is left alone no longer because many heard it at a time', async () => {
    gate = gateOf({ maxInFlight: 10 })
    const names = Array.from({ length: 10 }, (_, index) => `${index}`)
    for (const name of names) await enter(name)
    for (const name of names) await leave(name, refused(429, seconds))
    await enter('needed')
    await pass(seconds)
    expect(through.at(-1)).toBe('needed')
  })

  test('is left alone as long as the longest that it asked for', async () => {
    await enter('a')
    await enter('b')
    await leave('a', refused(503, 20 * seconds))
    await leave('b', refused(503, seconds))
    await enter('needed')
    await pass(20 * seconds - 1)
    expect(through).toEqual(['a', 'b'])
    await pass(1)
    expect(through).toEqual(['a', 'b', 'needed'])
  })

  test('is asked after ten minutes, whatever it said', async () => {
    gate = gateOf({ patienceMs: 3600 * seconds })
    await enter('a')
    await leave('a', refused(503, 86_400 * seconds))
    await enter('needed')
    await pass(600 * seconds)
    expect(through).toEqual(['a', 'needed'])
  })
})

describe('whoever would not wait as long as the server has asked for', () => {
  const busy = refused(429, 500 * seconds)
  const words = 'the server asked to be left alone: no'

  test('is told so at once, with the answer that asked for it and the time until then', async () => {
    await enter('a')
    await leave('a', busy)
    await pass(100_500)
    await enter('needed')
    expect(through).toEqual(['a', `needed: ${words}`])
    expect(errors).toMatchObject([
      {
        code: 'ERR_TOKEN_REQUEST',
        cause: busy.error,
        hint: 'it is tried again in 400 s',
        details: { statusCode: 429, retryAfterMs: 500 * seconds, retryInMs: 399_500 },
      },
    ])
    expect([gate.waiting, clock.pendingTimers]).toEqual([0, 0])
  })

  test('is told so when such an answer comes while it waits', async () => {
    await enter('a')
    await enter('b')
    await enter('needed')
    await enter('ahead', { ahead: true })
    await leave('a', busy)
    expect(through).toEqual(['a', 'b', `needed: ${words}`])
    expect([gate.waiting, clock.pendingTimers]).toEqual([1, 1])
    await pass(500 * seconds)
    expect(through.at(-1)).toBe('ahead')
  })

  test('is told so when somebody begins to wait for what was ahead of need', async () => {
    await enter('a')
    await leave('a', busy)
    const wanted = await enter('ahead 1', { ahead: true })
    await enter('ahead 2', { ahead: true })
    wanted()
    await settled()
    expect(through).toEqual(['a', `ahead 1: ${words}`])
    expect(gate.waiting).toBe(1)
  })

  test.each([
    ['is told so', 300 * seconds, `needed: ${words}`],
    ['waits, where it is a moment less', 300 * seconds - 1, 'needed'],
  ])('at the last moment that it has %s', async (_, retryAfterMs, outcome) => {
    await enter('a')
    await leave('a', refused(429, retryAfterMs))
    await enter('needed')
    await pass(300 * seconds - 1)
    expect(through).toEqual(['a', outcome])
  })

  test('counts the time that it has stood in the line already', async () => {
    await enter('a')
    await enter('b')
    await enter('early')
    await pass(200 * seconds)
    await enter('late')
    await leave('a', refused(429, 150 * seconds))
    expect(through).toEqual(['a', 'b', `early: ${words}`])
    await pass(150 * seconds)
    expect(through.at(-1)).toBe('late')
  })

  test('finds the gate open when the time is over', async () => {
    await enter('a')
    await leave('a', busy)
    expect(gate.pauseError).toMatchObject({ message: words, cause: busy.error })
    await pass(500 * seconds)
    expect(gate.pauseError).toBeUndefined()
    await enter('needed')
    expect(through).toEqual(['a', 'needed'])
  })
})
