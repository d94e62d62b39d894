import { homedir } from 'node:os'
import { isatty } from 'node:tty'

/** Environment variables; names without a value are absent. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * What Kubecred wants to know of the process it runs in. The functions that need it take it as an
 * option, so that a program, or a test, can answer differently.
 */
export interface Host {
  readonly platform: NodeJS.Platform
  readonly env: Environment
  /** Home folder of the user, '' when there is none. */
  readonly home: string
  /** Current working directory, '' when it was removed. */
  readonly cwd: string
  /** Whether standard input is a terminal. */
  readonly stdinIsTerminal: boolean
}

/** The process as it is now; the only place that reads it. */
export function thisHost(): Host {
  return {
    platform: process.platform,
    env: process.env,
    home: orEmpty(homedir),
    cwd: orEmpty(() => process.cwd()),
    stdinIsTerminal: isatty(0),
  }
}

// Both throw where there is nothing to tell: a user id without an entry, as containers have, and a
// folder that is gone. Neither matters until a path depends on it.
function orEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
