import type { Clock } from '../credential/clock.ts'
import type { StopTarget } from './stop-target.ts'

// Long enough to remove a lock file, short enough for somebody who pressed Ctrl-C.
const graceMs = 1000
// A process that is killed ends at once, unless it hangs in the kernel.
const killMs = 1000
// The first look comes soon, and each later one after twice as long: listing processes costs time.
const firstPollMs = 25

/**
 * Stops a plugin and all that it started: SIGTERM, a second of grace, SIGKILL.
 *
 * A descendant that made a session of its own (`setsid`) is out of reach once its parent has gone.
 *
 * @param exited Settles when the plugin itself has ended; only spares a wait.
 */
export async function stopProcessTree(
  target: StopTarget,
  clock: Clock,
  exited: Promise<unknown>,
): Promise<void> {
  target.signal('SIGTERM')
  if (await hasGone(target, graceMs, clock, exited)) return
  target.signal('SIGKILL')
  await hasGone(target, killMs, clock, exited)
}

async function hasGone(
  target: StopTarget,
  withinMs: number,
  clock: Clock,
  exited: Promise<unknown>,
): Promise<boolean> {
  const plugin = { hasEnded: false }
  void exited.then(() => (plugin.hasEnded = true))
  let passedMs = 0
  for (let pollMs = firstPollMs; target.isAlive(); pollMs *= 2) {
    if (passedMs >= withinMs) return false
    const waitMs = Math.min(pollMs, withinMs - passedMs)
    const waited = pause(waitMs, clock)
    await (plugin.hasEnded ? waited : Promise.race([exited, waited]))
    passedMs += waitMs
  }
  return true
}

async function pause(ms: number, clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    clock.after(ms, resolve)
  })
}
