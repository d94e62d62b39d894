import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('guarded.sh', import.meta.url))
const keptCharacters = 8000

/** A server program that ends when this process does, however this process ends. */
export class GuardedProcess {
  readonly #child: ChildProcess
  readonly #name: string
  #log = ''

  /** @param folder Removed when this process ends without having stopped the program. */
  constructor(command: string, args: readonly string[], folder: string) {
    this.#name = basename(command)
    this.#child = spawn('sh', [script, folder, command, ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#log = (this.#log + chunk).slice(-keptCharacters)
    })
    const guard = this.#child.stdio[3]
    this.#child.once('exit', () => {
      if (guard instanceof Writable) guard.end('ended\n')
    })
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** @throws Error with the end of its log when it is not running. */
  assertRunning(): void {
    if (!this.#hasEnded()) return
    const how = this.#child.signalCode ?? `exit code ${String(this.#child.exitCode)}`
    throw new Error(`${this.#name} has ended (${how}):\n${this.#log}`)
  }

  /** Ends it, and waits until it has. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#hasEnded()) return
    const ended = once(this.#child, 'exit')
    this.#child.kill(signal)
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(late)
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }
}
