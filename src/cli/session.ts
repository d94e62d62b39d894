import { exitCodes } from './command-error.ts'
import { Output, ReaderGone } from './output.ts'
import { reportError } from './report-error.ts'
import { exitCodeOf, type StopSignal, type Terminal } from './terminal.ts'

/** One run of a command: where it writes, and when it has to stop. */
export class Session {
  readonly terminal: Terminal
  readonly output: Output
  /** Writes a line for the reader of standard error. */
  readonly say: (line: string) => void
  readonly #stop = new AbortController()
  readonly #forget: () => void
  #stoppedBy: StopSignal | undefined

  constructor(terminal: Terminal) {
    this.terminal = terminal
    this.output = new Output(terminal.stdout)
    this.say = (line) => {
      terminal.stderr.write(`${line}\n`)
    }
    this.#forget = terminal.onSignal((name) => {
      this.#onSignal(name)
    })
    terminal.stderr.on('error', ignore)
  }

  /** Aborted when the command is asked to stop. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** The exit code of a command that ended with this error; says on stderr what went wrong. */
  failed(error: unknown): number {
    if (this.#stoppedBy !== undefined) return exitCodeOf(this.#stoppedBy)
    if (error instanceof ReaderGone) return exitCodes.ok
    return reportError(error, this.terminal)
  }

  /** Lets go of the process. */
  end(): void {
    this.#forget()
  }

  #onSignal(name: StopSignal): void {
    // Whoever asks twice means now.
    if (this.#stoppedBy !== undefined) this.terminal.exit(exitCodeOf(name))
    this.#stoppedBy = name
    this.#stop.abort(new DOMException(`stopped by ${name}`, 'AbortError'))
  }
}

// There is nobody left to tell.
function ignore(): void {}
