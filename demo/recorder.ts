import { subscribe } from '../src/doors/index.ts'

/** A plugin run that has ended. */
export interface Run {
  readonly ok: boolean
  readonly durationMs: number
}

/** Listens to Kubecred's events and keeps what the story tells of them. */
export class Recorder implements Disposable {
  readonly #runs: Run[] = []
  #replays = 0
  #rotations = 0
  readonly #endings = [
    subscribe('kubecred:exec:end', ({ ok, durationMs }) => this.#runs.push({ ok, durationMs })),
    subscribe('kubecred:transport:replay', () => this.#replays++),
    subscribe('kubecred:transport:rotation', () => this.#rotations++),
  ]

  /** Plugin runs that have ended, in order. */
  get runs(): readonly Run[] {
    return this.#runs
  }

  /** Requests that were sent once more, with another credential. */
  get replays(): number {
    return this.#replays
  }

  /** Moves to new connections, because the client certificate was replaced. */
  get rotations(): number {
    return this.#rotations
  }

  [Symbol.dispose](): void {
    for (const end of this.#endings) end()
  }
}
