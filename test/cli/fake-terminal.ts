import { Readable, Writable } from 'node:stream'
import { temporaryHome } from '../testing/temporary-home.ts'

import { run } from '../../src/cli/run.ts'
import type { StopSignal, Terminal } from '../../src/cli/terminal.ts'
import { systemClock, thisHost, type Clock } from '../../src/doors/index.ts'

export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly stdin?: string | Readable
  readonly stdout?: Writable
  readonly colour?: boolean
  readonly stdoutIsTerminal?: boolean
  readonly clock?: Clock
}

/** A process for the command line, without a process. */
export class FakeTerminal implements Terminal {
  readonly host: Terminal['host']
  readonly clock: Clock
  readonly stdout: Writable
  readonly stderr: Writable
  readonly colour: boolean
  readonly stdoutIsTerminal: boolean
  /** Exit codes of ends at once. */
  readonly exits: number[] = []
  stdinLooks = 0
  readonly #stdin: string | Readable
  readonly #listeners = new Set<(signal: StopSignal) => void>()
  #out = ''
  #err = ''

  constructor(options: TerminalOptions = {}) {
    this.host = {
      ...thisHost(),
      // Nothing of the machine's own configuration.
      env: { PATH: process.env['PATH'], HOME: temporaryHome, ...options.env },
      home: options.env?.['HOME'] ?? temporaryHome,
      cwd: options.cwd ?? process.cwd(),
      stdinIsTerminal: false,
    }
    this.clock = options.clock ?? systemClock
    this.colour = options.colour ?? false
    this.stdoutIsTerminal = options.stdoutIsTerminal ?? false
    this.#stdin = options.stdin ?? ''
    this.stdout = options.stdout ?? collector((text) => (this.#out += text))
    this.stderr = collector((text) => (this.#err += text))
  }

  get stdin(): Readable {
    this.stdinLooks += 1
    return typeof this.#stdin === 'string' ? Readable.from([Buffer.from(this.#stdin)]) : this.#stdin
  }

  get out(): string {
    return this.#out
  }

  get err(): string {
    return this.#err
  }

  get listeners(): number {
    return this.#listeners.size
  }

  onSignal(listener: (signal: StopSignal) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Sends a signal. */
  signal(name: StopSignal): void {
    for (const listener of this.#listeners) listener(name)
  }

  exit(code: number): void {
    this.exits.push(code)
  }
}

export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process, to its end. */
export async function runCli(
  args: readonly string[],
  options: TerminalOptions = {},
): Promise<Ended> {
  const terminal = new FakeTerminal(options)
  const exitCode = await run(args, terminal)
  return { exitCode, stdout: terminal.out, stderr: terminal.err }
}

function collector(add: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      add(chunk.toString())
      done()
    },
  })
}
