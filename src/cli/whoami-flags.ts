import type { Flag } from './flag.ts'
import { retriesFlag, type RetryFlags } from './retry-flags.ts'

/** The flags of `kubecred whoami`. */
export interface WhoamiFlags extends RetryFlags {
  readonly output?: string
}

/** The formats of `-o`. */
export const whoamiFormats = ['json', 'yaml'] as const

/** How the command line has {@link WhoamiFlags}. */
export const whoamiFlags: readonly Flag[] = [
  { name: 'output', short: 'o', value: 'format', values: whoamiFormats, help: 'json or yaml' },
  retriesFlag,
]
