/** Length of the intervals in which requests are counted. */
export const bucketMs = 10_000

/** What was sent in a run, and what was promised of it. */
export class Tally {
  /** Requests by the moment that they were sent, in buckets of ten seconds. */
  readonly buckets: Uint32Array
  requests = 0
  /** Latest renewal that no outage delayed, as a share of the life. */
  latestShare = 0
  /** Latest renewal of all, as a share of the life. */
  latestShareOfAll = 0
  /** Longest that a token was served after its end, by the server's clock. */
  servedLateMs = 0
  /** Tokens that ended before they were renewed: whoever asked had to wait for the next. */
  ended = 0

  constructor(endMs: number) {
    this.buckets = new Uint32Array(Math.ceil(endMs / bucketMs))
  }

  sent(atMs: number): void {
    this.requests++
    const bucket = Math.floor(atMs / bucketMs)
    const count = this.buckets[bucket]
    if (count !== undefined) this.buckets[bucket] = count + 1
  }

  /** A token was replaced, when so much of its life had passed. */
  renewed(share: number, isUndisturbed: boolean): void {
    this.latestShareOfAll = Math.max(this.latestShareOfAll, share)
    if (isUndisturbed) this.latestShare = Math.max(this.latestShare, share)
  }
}

/** The buckets that begin at a moment or later. */
export function settledBuckets(buckets: Uint32Array, fromMs: number): Uint32Array {
  return buckets.subarray(Math.ceil(fromMs / bucketMs))
}

/** Largest count of a bucket to the mean of all of them, from a moment on. */
export function peakToMean(buckets: Uint32Array, fromMs: number): number {
  const counted = settledBuckets(buckets, fromMs)
  const { peak, sum } = peakAndSum(counted)
  return sum === 0 ? 0 : (peak * counted.length) / sum
}

/** Largest number of requests in a second, over ten seconds, between two moments. */
export function peakRate(buckets: Uint32Array, fromMs: number, untilMs: number): number {
  const counted = buckets.subarray(Math.floor(fromMs / bucketMs), Math.ceil(untilMs / bucketMs))
  return (peakAndSum(counted).peak * 1000) / bucketMs
}

function peakAndSum(counts: Uint32Array): { readonly peak: number; readonly sum: number } {
  let peak = 0
  let sum = 0
  for (const count of counts) {
    peak = Math.max(peak, count)
    sum += count
  }
  return { peak, sum }
}
