import { isDeepStrictEqual } from 'node:util'

import { expect } from 'vitest'

import type { FakeApiServer } from '../../src/doors/testing.ts'
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

// On a machine that is busy the engine collects when it can, and a part may end with more memory than it
// began with; what leaks does so in each part.
const mostParts = 4

/**
 * Plays a trial, and then as much of it again. After each part the proxy must hold what it held when
 * it was warm: descriptors, threads, children, what keeps it alive, and objects, one by one; and
 * nothing may be open at the server. What no count shows would show in memory: as much as one part
 * leaves, each part after it would leave as well.
 */
export async function expectNothingLeft(
  proxy: ProbedProxy,
  api: FakeApiServer,
  { warmUp, rounds, play }: Trial,
): Promise<void> {
  await play({ first: 0, count: warmUp })
  await expectNothingOpen(api)
  const warm = await steadyLook(proxy)
  let before: Look | undefined
  let grown = { reachable: Infinity, resident: Infinity }
  for (let part = 0; part < mostParts && !isNoise(grown); part++) {
    await play({ first: warmUp + part * rounds, count: rounds })
    await expectNothingOpen(api)
    const after = await lookLike(proxy, warm)
    if (before !== undefined) {
      // The least that any part has left.
      grown = {
        reachable: Math.min(grown.reachable, after.reachableBytes - before.reachableBytes),
        resident: Math.min(grown.resident, after.residentBytes - before.residentBytes),
      }
    }
    before = after
  }
  expect(grown.reachable).toBeLessThan(mostReachable)
  expect(grown.resident).toBeLessThan(mostResident)
}

function isNoise({ reachable, resident }: { reachable: number; resident: number }): boolean {
  return reachable < mostReachable && resident < mostResident
}

/** Not even the connections that the proxy keeps for a while: the server says how long it may. */
async function expectNothingOpen(api: FakeApiServer): Promise<void> {
  const open = (): readonly number[] => [api.openWatches, api.openConnections]
  await expect.poll(open, { timeout: 15_000, interval: 50 }).toEqual([0, 0])
  api.clearRequests()
}

/** Looks until two looks in a row are the same. */
async function steadyLook(proxy: ProbedProxy): Promise<Look> {
  let before: Look | undefined
  let isSteady = false
  const look = await proxy.lookUntil((next) => {
    isSteady = isDeepStrictEqual(before?.holdings, next.holdings)
    before = next
    return isSteady
  })
  expect(isSteady).toBe(true)
  return look
}

/** Looks until the proxy holds what it held then. */
async function lookLike(proxy: ProbedProxy, then: Look): Promise<Look> {
  const look = await proxy.lookUntil(({ holdings }) => isDeepStrictEqual(holdings, then.holdings))
  expect(look.holdings).toEqual(then.holdings)
  return look
}
