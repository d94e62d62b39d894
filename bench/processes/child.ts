import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A process that says in its first line, as JSON, where it is, and answers lines with lines. */
export interface Companion<Ready> extends AsyncDisposable {
  readonly ready: Ready
  readonly pid: number
  /**
   * Sends a line, and gives the JSON of the next one that comes back.
   *
   * @throws Error when the process has ended.
   */
  ask<Answer>(question: string): Promise<Answer>
}

/** Starts a program and waits for its first line; it is to end with its standard input. */
export async function startCompanion<Ready>(
  command: string,
  args: readonly string[],
): Promise<Companion<Ready>> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  // A program that cannot be started says so here, and its lines end.
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  failed.catch(() => {})
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async <Answer>(): Promise<Answer> => {
    const line = await Promise.race([lines.next(), failed])
    if (line.done === true) throw new Error(`${[command, ...args].join(' ')} has ended`)
    // The program is one of ours, and says what its caller expects.
    return JSON.parse(line.value) as Answer
  }
  return {
    ready: await next<Ready>(),
    pid: child.pid ?? -1,
    ask: async (question) => {
      child.stdin.write(`${question}\n`)
      return await next()
    },
    [Symbol.asyncDispose]: async () => await stop(child),
  }
}

async function stop(child: ChildProcess): Promise<void> {
  child.stdin?.end()
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
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
