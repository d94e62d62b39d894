import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A helper process that says in its first line, as JSON, where it is. */
export interface Started<T> extends AsyncDisposable {
  readonly ready: T
}

/** Starts a script of this folder and waits for its first line. */
export async function startScript<T>(script: string): Promise<Started<T>> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const [line] = (await once(lines, 'line')) as [string]
  // The script is one of ours, and says what its caller expects.
  return { ready: JSON.parse(line) as T, [Symbol.asyncDispose]: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  child.stdin?.end()
  if (child.exitCode === null) await once(child, 'exit')
}

/** Runs a command, and gives the milliseconds until it writes; of one that writes nothing, until it ends. */
export async function timeToFirstByte(command: string, args: readonly string[]): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let written: number | undefined
  child.stdout.on('data', () => {
    written ??= performance.now() - startedAt
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`)
  return written ?? performance.now() - startedAt
}
