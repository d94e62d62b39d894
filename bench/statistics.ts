import { readFileSync } from 'node:fs'

/** Median, smallest and largest of some numbers. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** Median, smallest and largest of the ratios of two series, pair by pair. */
export function ratios(ours: readonly number[], theirs: readonly number[]): Spread {
  const pairs = ours.map((value, index) => value / (theirs[index] ?? Number.NaN))
  return { median: median(pairs), min: Math.min(...pairs), max: Math.max(...pairs) }
}

/** A spread as the tables have it: `1.04 (0.97–1.10)`. */
export function spreadText({ median: middle, min, max }: Spread, digits = 2): string {
  return `${middle.toFixed(digits)} (${min.toFixed(2)}–${max.toFixed(2)})`
}

/** Runs two things in turns; who goes first changes, so that neither has the warmer machine. */
export async function inTurns<T>(
  rounds: number,
  ours: () => Promise<T>,
  theirs: () => Promise<T>,
): Promise<{ readonly ours: readonly T[]; readonly theirs: readonly T[] }> {
  const found = { ours: [] as T[], theirs: [] as T[] }
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) found.ours.push(await ours())
    found.theirs.push(await theirs())
    if (round % 2 === 1) found.ours.push(await ours())
  }
  return found
}

/** A meter of the processor time that the machine's host took away, where Linux tells. */
export function startStealMeter(): () => string {
  const before = readCpuTimes()
  return () => {
    const after = readCpuTimes()
    if (before === undefined || after === undefined) return 'not known'
    const all = after.all - before.all
    return `${((100 * (after.steal - before.steal)) / Math.max(all, 1)).toFixed(1)} %`
  }
}

function readCpuTimes(): { readonly all: number; readonly steal: number } | undefined {
  try {
    const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
    const times = first.trim().split(/\s+/u).slice(1).map(Number)
    return { all: times.slice(0, 8).reduce((sum, time) => sum + time, 0), steal: times[7] ?? 0 }
  } catch {
    return undefined
  }
}
