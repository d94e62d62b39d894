import { isDeepStrictEqual } from 'node:util'

import { expect } from 'vitest'

import type { FakeApiServer } from '../../src/doors/testing.ts'
import { until } from '../testing/until.ts'
import type { Rounds } from './at-most.ts'
import type { Look, ProbedProxy } from './probed-proxy.ts'

/** Something that is done to a proxy again and again. */
export interface Trial {
  /** Rounds before the first look. */
  readonly warmUp: number
  /** Rounds between two looks. */
  readonly rounds: number
  readonly play: (rounds: Rounds) => Promise<void>
}

// Measured from one look to the next: 10 to 60 KB of reachable memory, up to 250 KB where code is
// still being compiled; 700 KB of resident memory up or down, rarely 4 MB. An exchange that is kept is
// 10 KB of objects; a TLS connection or the state of a decoder is 40 KB of native memory. In 4,500
// aborted requests each of nineteen scenes is played 230 times, so one that always leaks makes
// 2.3 MB of the first kind or 9 MB of the second.
const mostReachable = 512 * 1024
const mostResident = 8 * 1024 * 1024

/**
 * Plays a trial, and then as much of it again. After each part the proxy must hold what it held when
 * it was warm: descriptors, threads, children, what keeps it alive, and objects, one by one; and
 * nothing may be open at the server. What no count shows would show in memory: as much as the first
 * part has left, the second would leave as well.
 */
export async function expectNothingLeft(
  proxy: ProbedProxy,
  api: FakeApiServer,
  { warmUp, rounds, play }: Trial,
): Promise<void> {
  await play({ first: 0, count: warmUp })
  await expectNothingOpen(api)
  const warm = await steadyLook(proxy)
  await play({ first: warmUp, count: rounds })
  await expectNothingOpen(api)
  const half = await lookLike(proxy, warm)
  await play({ first: warmUp + rounds, count: rounds })
  await expectNothingOpen(api)
  const whole = await lookLike(proxy, warm)
  expect(whole.reachableBytes - half.reachableBytes).toBeLessThan(mostReachable)
  expect(whole.residentBytes - half.residentBytes).toBeLessThan(mostResident)
}

/** Not even the connections that the proxy keeps for a while: the server says how long it may. */
async function expectNothingOpen(api: FakeApiServer): Promise<void> {
  const open = (): readonly number[] => [api.openWatches, api.openConnections]
  await expect.poll(open, { timeout: 15_000, interval: 50 }).toEqual([0, 0])
  api.clearRequests()
}

/** Looks until two looks are the same: what has just been closed may not be gone yet. */
async function steadyLook(proxy: ProbedProxy): Promise<Look> {
  let look = await proxy.look()
  await until(async () => {
    const before = look
    look = await proxy.look()
    return isDeepStrictEqual(before.holdings, look.holdings)
  })
  return look
}

/** Looks until the proxy holds what it held then. */
async function lookLike(proxy: ProbedProxy, then: Look): Promise<Look> {
  let look: Look | undefined
  const holdings = async (): Promise<Look['holdings']> => {
    look = await proxy.look()
    return look.holdings
  }
  await expect.poll(holdings, { timeout: 15_000, interval: 200 }).toEqual(then.holdings)
  return look ?? then
}
