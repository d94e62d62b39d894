import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

import type { Clock, Host } from '../doors/index.ts'
import { systemWords } from './system-words.ts'

// A command that hangs must not keep those after it from being told.
const longestCommandMs = 60_000

// What does not stop within this time when it is asked to is ended.
const stopMs = 5000

/** What {@link runCommand} needs. */
export interface CommandRun {
  readonly host: Pick<Host, 'env' | 'cwd'>
  readonly clock: Clock
  /** Ends it, too. */
  readonly signal: AbortSignal
}

/**
 * Runs a command, without a shell and with nothing to read; what it prints goes where ours goes.
 *
 * @returns What went wrong, in words; undefined when it ended with 0.
 */
export async function runCommand(
  [command = '', ...args]: readonly string[],
  { host, clock, signal }: CommandRun,
): Promise<string | undefined> {
  if (signal.aborted) return undefined
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: host.env,
    cwd: host.cwd,
  })
  const late = new AbortController()
  const stop = (): void => stopChild(child, clock)
  const timer = clock.after(longestCommandMs, () => {
    late.abort()
    stop()
  })
  signal.addEventListener('abort', stop, { once: true })
  try {
    await once(child, 'exit')
  } catch (error) {
    return `${command}: ${systemWords(error)}`
  } finally {
    timer.cancel()
    signal.removeEventListener('abort', stop)
  }
  return problemOf(child, command, { stopped: signal, late: late.signal })
}

function problemOf(
  { exitCode, signalCode }: ChildProcess,
  command: string,
  { stopped, late }: { readonly stopped: AbortSignal; readonly late: AbortSignal },
): string | undefined {
  if (stopped.aborted || exitCode === 0) return undefined
  if (late.aborted)
    return `${command} took longer than ${longestCommandMs / 1000} s, and was stopped`
  return `${command} ended ${signalCode === null ? `with code ${exitCode}` : `by ${signalCode}`}`
}

function stopChild(child: ChildProcess, clock: Clock): void {
  child.kill('SIGTERM')
  const timer = clock.after(stopMs, () => child.kill('SIGKILL'))
  timer.hold()
  child.once('exit', () => {
    timer.cancel()
  })
}
