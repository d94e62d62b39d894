import type { Dice } from '../soak/dice.ts'

/** When a token is asked for by whoever needs it. */
export interface Looks {
  /** The first look at a token at or after a moment. */
  next(token: number, fromMs: number): number
  /** The look that follows the one at this moment. */
  after(token: number, lookMs: number): number
}

const minuteMs = 60_000

/** A look at each token once a minute, at a second of its own. */
export function oncePerMinute(tokens: number, dice: Dice): Looks {
  const phases = Float64Array.from({ length: tokens }, () => dice.next() * minuteMs)
  return {
    next(token, fromMs) {
      const phase = phases[token] ?? 0
      return phase + Math.ceil((fromMs - phase) / minuteMs) * minuteMs
    },
    after: (_token, lookMs) => lookMs + minuteMs,
  }
}

/**
 * The looks of the kubelet's pod workers: each 60 to 90 seconds after the one before it. Nobody remembers where
 * they stood half an hour ago, so the time to the next one is drawn as that of a renewal process.
 */
export function byPodWorkers(dice: Dice): Looks {
  // With intervals of 60 to 90 s, the one that a moment falls into is chosen in proportion to its length.
  const intervalAround = (): number => Math.sqrt(60 ** 2 + dice.next() * (90 ** 2 - 60 ** 2)) * 1000
  return {
    next: (_token, fromMs) => fromMs + dice.next() * intervalAround(),
    after: (_token, lookMs) => lookMs + (60 + dice.next() * 30) * 1000,
  }
}
