import type { Dice } from '../soak/dice.ts'
import { peakToMean } from './tally.ts'

/** Peak to mean of as many requests at independent random moments, in so many buckets. */
export function idealPeakToMean(requests: number, buckets: number, dice: Dice): number {
  const counts = new Uint32Array(buckets)
  for (let request = 0; request < requests; request++) {
    const bucket = Math.floor(dice.next() * buckets)
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  return peakToMean(counts, 0)
}
