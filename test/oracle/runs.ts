import type { Parameters as RunParameters } from 'fast-check'

/**
 * How often a property is tried, and from which seed. `ORACLE_RUNS` multiplies the number;
 * `ORACLE_SEED` and `ORACLE_PATH`, as fast-check prints them, repeat a failure.
 */
export function runs<T>(count: number): RunParameters<T> {
  const { ORACLE_RUNS: factor, ORACLE_SEED: seed, ORACLE_PATH: path } = process.env
  return {
    numRuns: Math.ceil(count * Number(factor ?? 1)),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
    endOnFailure: path !== undefined,
  }
}
