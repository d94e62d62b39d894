import type { TestReference } from '../../../scripts/behaviour/entry.ts'

/** The test of ours that asserts the same, or why there is none. */
export type Twin = TestReference | { readonly none: string }

/** The tests of one file of client-go, or of another module. */
export interface UpstreamTests {
  /** Name of the module. Default: `client-go`. */
  readonly module?: 'kubernetes'
  /** Path in the module. */
  readonly file: string
  /** By the name of the test function; where it has a table, by the names of its cases. */
  readonly tests: Readonly<Record<string, Twin | Readonly<Record<string, Twin>>>>
}

/** There is no twin, for this reason. */
export function none(reason: string): Twin {
  return { none: reason }
}

/** Tells a twin from a table of them. */
export function isTwin(value: Twin | Readonly<Record<string, Twin>>): value is Twin {
  return typeof value === 'string' || typeof value['none'] === 'string'
}
