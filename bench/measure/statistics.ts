import type { Goal } from '../page/goal.ts'
import type { Measure, Spread } from '../page/results.ts'

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5)
}

/** The number below which this share of them lies; between two of them, what lies between. */
export function quantile(numbers: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(numbers).toSorted()
  const place = (sorted.length - 1) * share
  const lower = sorted[Math.floor(place)] ?? Number.NaN
  const upper = sorted[Math.ceil(place)] ?? Number.NaN
  return lower + (upper - lower) * (place - Math.floor(place))
}

/** Median, smallest and largest of the ratios of two series, pair by pair. */
export function ratios(ours: readonly number[], theirs: readonly number[]): Spread {
  const pairs = ours.map((value, index) => value / (theirs[index] ?? Number.NaN))
  return { median: median(pairs), min: Math.min(...pairs), max: Math.max(...pairs) }
}

/** The figures of all rounds of one side, and of the other where there is one. */
export interface Series {
  readonly ours: readonly number[]
  readonly theirs?: readonly number[] | undefined
}

/** A measure of some rounds; where a figure is zero there is no ratio. */
export function measure(name: string, unit: string, series: Series, goal?: Goal): Measure {
  const { ours, theirs = [] } = series
  const comparable = theirs.length > 0 && [...ours, ...theirs].every((value) => value > 0)
  return {
    name,
    unit,
    ours: median(ours),
    ...(theirs.length > 0 ? { theirs: median(theirs) } : {}),
    ...(comparable ? { ratio: ratios(ours, theirs) } : {}),
    ...(goal === undefined ? {} : { goal }),
  }
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
