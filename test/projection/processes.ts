import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const readingProcess = fileURLToPath(new URL('./reading-process.ts', import.meta.url))
const writingProcess = fileURLToPath(new URL('./writing-process.ts', import.meta.url))

/** What a reader in a tight loop has seen. */
export interface Seen {
  readonly reads: number
  readonly generations: number
  readonly backwards: number
  readonly faults: readonly string[]
}

/** A process that reads a token in a tight loop. */
export class Reader {
  readonly #child: ChildProcess
  readonly #told: Promise<string>

  private constructor(child: ChildProcess, told: Promise<string>) {
    this.#child = child
    this.#told = told
  }

  /** One that has begun to read; the token has to be there. */
  static async start(directory: string): Promise<Reader> {
    const child = start(readingProcess, [directory], ['pipe', 'pipe', 'pipe'])
    const told = child.stdout === null ? Promise.resolve('') : text(child.stdout)
    if (child.stderr !== null) await once(child.stderr, 'data')
    return new Reader(child, told)
  }

  async stop(): Promise<Seen> {
    this.#child.stdin?.end()
    // reading-process.ts prints that.
    return JSON.parse(await this.#told) as Seen
  }
}

/** Runs a process that writes tokens, until it is done: the last one that it has told of. */
export async function runWriter(
  directory: string,
  generations: { readonly first: number; readonly last: number },
  options: { readonly durable?: boolean; readonly killAfterMs?: number } = {},
): Promise<{ readonly told: number | undefined; readonly signal: string | null }> {
  const { first, last } = generations
  const durable = options.durable === true ? ['durable'] : []
  const args = [directory, String(first), String(last), ...durable]
  const child = start(writingProcess, args, ['ignore', 'pipe', 'inherit'])
  const told = child.stdout === null ? Promise.resolve('') : text(child.stdout)
  const closed = once(child, 'close')
  if (options.killAfterMs !== undefined && child.stdout !== null) {
    await once(child.stdout, 'data')
    setTimeout(() => child.kill('SIGKILL'), options.killAfterMs)
  }
  const lines = (await told).split('\n').slice(0, -1)
  await closed
  const latest = lines.at(-1)
  return {
    told: latest === undefined ? undefined : Number(latest),
    signal: child.signalCode,
  }
}

function start(
  program: string,
  args: readonly string[],
  stdio: ('pipe' | 'ignore' | 'inherit')[],
): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
    stdio,
  })
}
