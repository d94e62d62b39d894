import type { Goal } from '../page/goal.ts'
import type { Measure } from '../page/results.ts'
import { measure } from './statistics.ts'

/** What came of the rounds of both sides; the other has none where it is missing. */
export interface Sides<Round> {
  readonly ours: readonly Round[]
  readonly theirs: readonly Round[]
}

/** A figure to take from each round. */
export interface Figure<Round> {
  readonly name: string
  /** Default: none, something is counted. */
  readonly unit?: string
  /** Undefined where it could not be measured. */
  readonly of: (round: Round) => number | undefined
  readonly goal?: Goal | undefined
  /** Whether more is neither better nor worse, so that a ratio would say nothing. Default: false. */
  readonly neutral?: boolean
}

/** The measures of a row; a figure that could not be measured is left out. */
export function measuresOf<Round>(
  sides: Sides<Round>,
  figures: readonly Figure<Round>[],
): Measure[] {
  return figures.flatMap(({ name, unit = '', of, goal, neutral = false }) => {
    const ours = sides.ours.flatMap((round) => of(round) ?? [])
    const theirs = sides.theirs.flatMap((round) => of(round) ?? [])
    if (ours.length === 0) return []
    const { ratio, ...figuresAlone } = measure(name, unit, { ours, theirs }, goal)
    return [{ ...figuresAlone, ...(neutral || ratio === undefined ? {} : { ratio }) }]
  })
}
