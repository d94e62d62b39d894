import type { Readable, Writable } from 'node:stream'

import type { Clock, Host } from '../doors/index.ts'

/** The signals that ask a command to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** What a command knows of the process it runs in; tests bring one of their own. */
export interface Terminal {
  readonly host: Host
  readonly clock: Clock
  /** Opened by the first look at it, so only what reads it may look. */
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  /** Whether a person reads {@link stderr}, and likes colours. */
  readonly colour: boolean
  /** Whether a person reads {@link stdout}, and no program. */
  readonly stdoutIsTerminal: boolean
  /** Calls back for every stop signal; the answer ends that. */
  onSignal(listener: (signal: StopSignal) => void): () => void
  /** Ends the process at once. */
  exit(code: number): void
}

const signalNumbers: Readonly<Record<StopSignal, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

/** The exit code of a command that a signal ended, as shells have it. */
export function exitCodeOf(signal: StopSignal): number {
  return 128 + signalNumbers[signal]
}
