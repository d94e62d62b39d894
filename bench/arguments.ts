import { parseArgs } from 'node:util'

import type { PlainWish } from '../scripts/plain-wish.ts'

/** How to call the bench. */
export function usageOf(names: readonly string[]): string {
  return `Usage: npm run bench [-- [--quick] [NAME…]]

Measures, and writes bench/RESULTS.md and its plot. With names, those groups alone; the others keep
the figures that they had.

  --quick     few and short rounds: shows that it works, writes nothing
  --page      measures nothing, writes the page anew
  -h, --help  prints this

Names: ${names.join(', ')}
`
}

/** What the caller wants. */
export type Wish =
  | { readonly kind: 'measure'; readonly names: readonly string[]; readonly quick: boolean }
  | { readonly kind: 'page' }
  | PlainWish

/** Reads the arguments of the command line; no name is all of them. */
export function readArguments(args: readonly string[], known: readonly string[]): Wish {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        page: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const unknown = positionals.find((name) => !known.includes(name))
    if (unknown !== undefined) return { kind: 'unknown', why: `there is no group "${unknown}"` }
    if (values.help) return { kind: 'help' }
    if (values.page) return { kind: 'page' }
    const names = positionals.length === 0 ? known : positionals
    return { kind: 'measure', names, quick: values.quick }
  } catch (error) {
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) }
  }
}
