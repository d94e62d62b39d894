import type { ClockWatch } from './clock-watch.ts'
import { timeSince, type Instant } from './instant.ts'
import type { Held } from './renewal-state.ts'

// A time that still is a small number: nothing is lost when a window of more than twelve days is opened again.
const longestMs = 2 ** 30

/**
 * Until when a credential can be handed out without another look at it, by its clock's watch.
 *
 * That is until it is due or at its end, whichever comes first, and in the watch's era of now: a clock that is set
 * back ends it.
 *
 * @param at An instant after the watch has looked: what is done to the clock between the two shuts the window, too.
 */
export function freshUntil(held: Held, at: Instant, watch: ClockWatch): number {
  const left = Math.min(held.dueAt, held.endsAt) - timeSince(held, at)
  return watch.timeAt(at.now) + Math.min(Math.floor(left), longestMs)
}
