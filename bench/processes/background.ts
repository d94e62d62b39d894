import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** A program that runs beside the bench until it is disposed of. */
export interface Background extends AsyncDisposable {
  readonly pid: number
  readonly stdout: Readable
  /** Rejects when the program ends, with what it said. Never fulfilled. */
  readonly ended: Promise<never>
}

const running = new Set<ChildProcess>()
// A program that is asked to end gets this long.
const patienceMs = 5000
let isGuarded = false

/** Starts a program. */
export function startBackground(command: string, args: readonly string[]): Background {
  guard()
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const ended = failWhenEnded(child, command)
  // Whoever does not wait for it shall not be the cause of an unhandled rejection.
  ended.catch(() => {})
  return {
    pid: child.pid ?? -1,
    stdout: child.stdout,
    ended,
    [Symbol.asyncDispose]: async () => await stop(child),
  }
}

/** Nothing may outlive the bench, however it ends. */
function guard(): void {
  if (isGuarded) return
  isGuarded = true
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL')
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(1))
  }
}

async function failWhenEnded(
  child: ChildProcess & { readonly stderr: Readable },
  command: string,
): Promise<never> {
  const [said] = await Promise.all([text(child.stderr), once(child, 'exit')])
  throw new Error(`${command} ended with ${child.exitCode}: ${said.trim()}`)
}

async function stop(child: ChildProcess): Promise<void> {
  // A program that could not be started has no id.
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const stopped = new AbortController()
  const late = sleep(patienceMs, undefined, { signal: stopped.signal }).then(
    () => child.kill('SIGKILL'),
    () => {},
  )
  await exited
  stopped.abort()
  await late
}
