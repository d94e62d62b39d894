import { parseArgs } from 'node:util'

import { notUnderstood, type PlainWish } from '../scripts/plain-wish.ts'

/** How to call the demo. */
export const usage = `Usage: npm run demo [-- --keep]

Tells in a few seconds what Kubecred does, against a server and a plugin on this machine.

  --keep      leaves both running at the end, for you to try kubecred and kubectl on
  -h, --help  prints this
`

/** What the caller wants. */
export type Wish = { readonly kind: 'story'; readonly keep: boolean } | PlainWish

/** Reads the arguments of the command line. */
export function readArguments(args: readonly string[]): Wish {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { keep: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
    })
    return values.help === true ? { kind: 'help' } : { kind: 'story', keep: values.keep }
  } catch (error) {
    return notUnderstood(error)
  }
}
