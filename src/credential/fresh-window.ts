import type { Credential } from './credential.ts'
import { timeSince, type Instant } from './instant.ts'
import type { Held } from './renewal-state.ts'

// To read a second clock for each request would cost more than all else that a fresh credential does.
const longestMs = 100

/**
 * Times of day between which a credential can be handed out without another look at anything. Whoever
 * looks outside of them forgets the window: a clock that was set back comes by there once more.
 */
export interface FreshWindow {
  readonly credential: Credential
  /** Milliseconds since the epoch, like `until`; a clock that was set back before it ends the window. */
  readonly from: number
  readonly until: number
}

/** The window that opens at this instant; a moment long at most, and none once it is due or at its end. */
export function freshWindow({ credential, dueAt, endsAt, since }: Held, at: Instant): FreshWindow {
  const left = Math.min(dueAt, endsAt) - timeSince(since, at)
  return { credential, from: at.now, until: at.now + Math.min(left, longestMs) }
}
