import type { Flag } from './flag.ts'
import { retriesFlag, type RetryFlags } from './retry-flags.ts'

/** The flags of `kubecred request`. */
export interface RequestFlags extends RetryFlags {
  readonly data?: string
  readonly header?: readonly string[]
  readonly include?: boolean
}

/** How the command line has {@link RequestFlags}. */
export const requestFlags: readonly Flag[] = [
  { name: 'data', short: 'd', value: 'text', help: 'body: TEXT, @FILE, or - for standard input' },
  {
    name: 'header',
    short: 'H',
    value: 'header',
    help: "header 'Name: value'; may be repeated",
    repeated: true,
  },
  {
    name: 'include',
    short: 'i',
    help: 'print status line and headers first, and the body of errors, too',
  },
  retriesFlag,
]
