import { parseArgs } from 'node:util'

import { notUnderstood, type PlainWish } from '../scripts/plain-wish.ts'

/** How to call the simulation. */
export const usage = `Usage: npm run simulate [-- [--page] [--seed N]]

Renews very many tokens for two days, by Kubecred's rules and by the kubelet's, in seconds; prints how
evenly their requests are spread. Ends with 1 when a goal is missed.

  --page      everything, up to a million tokens: takes minutes, writes docs/TOKEN-STORMS.md and its plot
  --seed N    draws other moments; 1 by default
  -h, --help  prints this
`

/** What the caller wants. */
export type Wish =
  | { readonly kind: 'simulate'; readonly page: boolean; readonly seed: number }
  | PlainWish

/** Reads the arguments of the command line. */
export function readArguments(args: readonly string[]): Wish {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        page: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    const seed = Number(values.seed)
    if (values.seed === '' || !Number.isSafeInteger(seed) || seed < 0) {
      return { kind: 'unknown', why: '--seed must be a whole number' }
    }
    return { kind: 'simulate', page: values.page, seed }
  } catch (error) {
    return notUnderstood(error)
  }
}
