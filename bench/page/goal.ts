import { figure } from './figure.ts'
import type { Measure } from './results.ts'

/** What is to be reached. */
export interface Goal {
  /** Whether the ratio is judged, or Kubecred's own figure. */
  readonly of: 'ratio' | 'figure'
  readonly bound: 'at least' | 'at most'
  readonly value: number
}

/** The ratio shall be this at least. */
export function ratioAtLeast(value: number): Goal {
  return { of: 'ratio', bound: 'at least', value }
}

/** The ratio shall be this at most. */
export function ratioAtMost(value: number): Goal {
  return { of: 'ratio', bound: 'at most', value }
}

/** Kubecred's own figure shall be this at most. */
export function figureAtMost(value: number): Goal {
  return { of: 'figure', bound: 'at most', value }
}

/**
 * How far beyond its goal a measure is: 1 is just reached, 2 is twice as good, 0.5 half; undefined
 * where there is no goal, or nothing beside it to judge by.
 */
export function standing({ ours, ratio, goal }: Measure): number | undefined {
  const found = goal?.of === 'ratio' ? ratio?.median : ours
  if (goal === undefined || found === undefined) return undefined
  if (goal.bound === 'at least') return found / goal.value
  // Nothing at all, where nothing is allowed, is just what is wanted.
  return found === goal.value ? 1 : goal.value / found
}

/** Whether the goal is reached; undefined where it cannot be judged. */
export function isMet(measure: Measure): boolean | undefined {
  const found = standing(measure)
  return found === undefined ? undefined : found >= 1
}

/** The goal as the page has it: `≥ 0.97`, `≤ 100 MiB`, `0`. */
export function goalText({ goal, unit }: Measure): string {
  if (goal === undefined) return ''
  if (goal.of === 'figure' && goal.value === 0) return '0'
  const sign = goal.bound === 'at least' ? '≥' : '≤'
  return `${sign} ${goal.of === 'ratio' ? goal.value : figure(goal.value, unit)}`
}
