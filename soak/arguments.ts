import { parseArgs } from 'node:util'

import { notUnderstood, type PlainWish } from '../scripts/plain-wish.ts'

/** How to call the soak. */
export const usage = `Usage: npm run soak [-- --minutes N] [--hours N] [--seed N]

Keeps clients of several kinds busy while plugins, server, files, clock and connections fail at random;
tells at the end what came of it, and what is left. Ends with 1 when a promise was broken.

  --minutes N  how long, 5 by default; fractions are welcome
  --hours N    the same in hours
  --seed N     repeats the sequence of faults of an earlier run
  -h, --help   prints this
`

/** What the caller wants. */
export type Wish =
  | { readonly kind: 'soak'; readonly minutes: number; readonly seed: number }
  | PlainWish

const defaultMinutes = 5

/**
 * Reads the arguments of the command line.
 *
 * @param freshSeed The seed of a run that names none.
 */
export function readArguments(args: readonly string[], freshSeed: number): Wish {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string' },
        hours: { type: 'string' },
        seed: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help === true) return { kind: 'help' }
    const { minutes, hours, seed } = values
    if (minutes !== undefined && hours !== undefined) {
      return { kind: 'unknown', why: '--minutes and --hours say the same thing' }
    }
    const wanted = hours === undefined ? Number(minutes ?? defaultMinutes) : Number(hours) * 60
    if (!(wanted > 0 && wanted < Infinity)) {
      return { kind: 'unknown', why: 'the time must be a number above zero' }
    }
    const chosen = Number(seed ?? freshSeed)
    if (seed === '' || !Number.isSafeInteger(chosen) || chosen < 0) {
      return { kind: 'unknown', why: '--seed must be a whole number' }
    }
    return { kind: 'soak', minutes: wanted, seed: chosen }
  } catch (error) {
    return notUnderstood(error)
  }
}
