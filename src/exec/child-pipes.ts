import { Socket } from 'node:net'
import type { Readable } from 'node:stream'

import type { Clock } from '../credential/clock.ts'

// After a plugin has ended, the rest of what it printed is in the pipe already. A pipe that stays
// open longer belongs to a process that it left behind.
const patienceMs = 1000
// Nothing depends on standard error after success; this only keeps its lines before ours.
const stderrPatienceMs = 100

/** A child process, as far as its output goes. */
export interface PipedChild {
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  /** Null while it runs, and when a signal ended it. */
  readonly exitCode: number | null
  unref(): void
}

/** The pipes through which a child's output comes. */
export function pipesOf({ stdout, stderr }: PipedChild): Readable[] {
  return [stdout, stderr].filter((stream) => stream !== null)
}

/** Lets this process end while the child runs. */
export function letGoOf(child: PipedChild): void {
  child.unref()
  for (const pipe of pipesOf(child)) if (pipe instanceof Socket) pipe.unref()
}

/** Waits, though never for long, until all has been read that an ended child printed. */
export async function pipesDrained(
  { stdout, stderr, exitCode }: PipedChild,
  clock: Clock,
): Promise<void> {
  await Promise.all([
    closed(stdout, patienceMs, clock),
    closed(stderr, exitCode === 0 ? stderrPatienceMs : patienceMs, clock),
  ])
}

async function closed(pipe: Readable | null, withinMs: number, clock: Clock): Promise<void> {
  if (pipe === null || pipe.closed) return
  await new Promise<void>((resolve) => {
    const timer = clock.after(withinMs, resolve)
    pipe.once('close', () => {
      timer.cancel()
      resolve()
    })
  })
}
