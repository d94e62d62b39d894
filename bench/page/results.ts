import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'

import type { Goal } from './goal.ts'

/** Median, smallest and largest of some numbers. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** One thing that was measured, for Kubecred and, where there is one, for the program beside it. */
export interface Measure {
  /** As the head of a column: `requests`, `p99`. */
  readonly name: string
  /** Empty for what is only counted. */
  readonly unit: string
  /** Kubecred's figure, the median of all rounds. */
  readonly ours: number
  readonly theirs?: number | undefined
  /** Ours to theirs, pair by pair. */
  readonly ratio?: Spread | undefined
  readonly goal?: Goal | undefined
}

/** One piece of work, and all that was measured while it was done. */
export interface Row {
  readonly work: string
  /** The program beside Kubecred; empty where there is none. */
  readonly beside: string
  readonly measures: readonly Measure[]
  /** Processor time that the machine's host took away meanwhile, per cent; where that is known. */
  readonly stealPercent?: number | undefined
}

/** What one group of the bench found. */
export interface Found {
  readonly rows: readonly Row[]
  /** What could not be measured, each with its reason. Default: nothing. */
  readonly leftOut?: readonly string[]
}

/** The machine while it measured. */
export interface Conditions {
  /** When it began, as RFC 3339. */
  readonly date: string
  readonly processor: string
  readonly cores: number
  readonly node: string
  readonly kubectl: string
  /** Load average of the minute before. */
  readonly load: number
  /** Whether the rounds were few and short: the figures show that the bench works, and no more. */
  readonly quick: boolean
}

/** The last figures of one group. */
export interface Group extends Found {
  readonly name: string
  readonly measured: Conditions
}

const file = new URL('../results.json', import.meta.url)

/** The groups that have been measured, each as it was measured last. */
export function readResults(): readonly Group[] {
  // Written below, and by nothing else.
  return JSON.parse(readFileSync(file, 'utf8')) as readonly Group[]
}

/** Keeps the groups for the next page. */
export async function writeResults(groups: readonly Group[]): Promise<void> {
  await writeFile(file, `${JSON.stringify(groups, undefined, 2)}\n`)
}

/** The groups with one of them replaced, or added. */
export function replaceGroup(groups: readonly Group[], group: Group): readonly Group[] {
  return [...groups.filter(({ name }) => name !== group.name), group]
}
