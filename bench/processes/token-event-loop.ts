import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

import { systemClock, type Clock, type Timer } from '../../src/credential/clock.ts'
import { TokenManager } from '../../src/doors/token.ts'
import type { OwnTokenFindings } from '../peers/token-managers.ts'
import { BenchTokenClient, requestFor } from './token-client.ts'

// The shortest that API servers grant.
const lifetimeSeconds = 600
// Of those that nobody asks for again.
const lastSeconds = 60
// Ended tokens are gone a minute after their end at the latest.
const watchedSeconds = lastSeconds + 65
const getsPerTurn = 25
const replyMs = 1
const resolutionMs = 1

/** The time of the machine; remembers the longest that one timer kept the event loop. */
class WatchedClock implements Clock {
  longestSliceMs = 0

  now(): number {
    return systemClock.now()
  }

  monotonic(): number {
    return systemClock.monotonic()
  }

  after(ms: number, then: () => void): Timer {
    return systemClock.after(ms, () => {
      const startedAt = performance.now()
      then()
      this.longestSliceMs = Math.max(this.longestSliceMs, performance.now() - startedAt)
    })
  }
}

/** Nine tenths of the tokens are asked for again and again, and are renewed; a tenth is left to end. */
export async function measureEventLoop(tokens: number): Promise<OwnTokenFindings['event-loop']> {
  const long = { lifetimeSeconds, leftSeconds: lifetimeSeconds }
  const client = new BenchTokenClient({ ...long })
  const wanted = Math.floor(tokens * 0.9)
  const clock = new WatchedClock()
  await using manager = new TokenManager({ client: client.client, clock, maxEntries: tokens })
  for (let number = 0; number < tokens; number++) {
    if (number === wanted) {
      Object.assign(client.answers, { lifetimeSeconds: lastSeconds, leftSeconds: lastSeconds })
    }
    await manager.getServiceAccountToken(requestFor(number))
  }
  client.requests = 0
  Object.assign(client.answers, long, { delayMs: replyMs })
  clock.longestSliceMs = 0
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  const until = performance.now() + watchedSeconds * 1000
  for (let turn = 0; performance.now() < until; turn++) {
    for (let step = 0; step < getsPerTurn; step++) {
      const number = (turn * getsPerTurn + step) % wanted
      void manager.getServiceAccountToken(requestFor(number))
    }
    await sleep(1)
  }
  delay.disable()
  return {
    longestSliceMs: clock.longestSliceMs,
    // What was measured is the time between two timers that are this far apart.
    delayMs: Math.max(delay.percentile(99.9) / 1e6 - resolutionMs, 0),
    renewed: client.requests,
    swept: tokens - manager.size,
  }
}
