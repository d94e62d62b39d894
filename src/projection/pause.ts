import { Changes } from '../credential/changes.ts'
import type { Clock } from '../credential/clock.ts'

/** Waits, and holds the process alive meanwhile; an abort ends that without an error. */
export async function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  await new Changes().wait(0, ms, clock, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
