import type { Clock } from './clock.ts'

/** Waits for a promise, but no longer than so many milliseconds; the process stays alive meanwhile. */
export async function atMost(ms: number, promise: Promise<unknown>, clock: Clock): Promise<void> {
  const patience = Promise.withResolvers<void>()
  const timer = clock.after(ms, patience.resolve)
  timer.hold()
  await Promise.race([promise, patience.promise])
  timer.cancel()
}
