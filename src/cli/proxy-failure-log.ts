import type { Clock } from '../doors/index.ts'
import { failureItself, failureWords } from './proxy-failure.ts'

// A server that is down fails every request in the same way.
const quietMs = 10_000

/** Tells of failures on standard error, in the words of the answer; not of the same one again at once. */
export class FailureLog {
  readonly #clock: Clock
  readonly #say: (line: string) => void
  #last = ''
  #until = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, say: (line: string) => void) {
    this.#clock = clock
    this.#say = say
  }

  tell(error: unknown): void {
    const failure = failureItself(error)
    const now = this.#clock.now()
    if (failure === this.#last && now < this.#until) return
    this.#last = failure
    this.#until = now + quietMs
    this.#say(`Error while proxying request: ${failureWords(error)}`)
  }
}
