import type { Dispatcher } from 'undici'

import type { Clock, Timer } from '../credential/clock.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { WaitingRequest, type PatientHandler } from './undici-waiting-request.ts'
import { WaitingLine } from './waiting-line.ts'

/** What a {@link RequestLine} needs. */
export interface RequestLineOptions {
  /** Longest time that a request waits for a connection, milliseconds; 0 for no limit. */
  readonly patienceMs: number
  /** Most connections, for the words of an error. */
  readonly connections: number
  readonly clock: Clock
  /** Whether what is being waited for has no limit of its own, as a connection that is made has. */
  readonly crowded: () => boolean
  /**
   * Called now and then while requests wait.
   *
   * @param behind Whether fewer were taken off the line since the last look than still stand in it.
   */
  readonly looked: (behind: boolean) => void
}

/** For so many looks those that there are have to do, when no other connection can be made. */
export const looksWithoutMore = 50

// How often it is looked whether the requests that wait get on.
const lookMs = 20

/** Requests that wait until a connection can take them, none longer than its patience. */
export class RequestLine {
  readonly #options: RequestLineOptions
  readonly #line = new WaitingLine<WaitingRequest>()
  #takenSinceLook = 0
  #looks = 0
  #look: Timer | undefined

  constructor(options: RequestLineOptions) {
    this.#options = options
  }

  get length(): number {
    return this.#line.length
  }

  /** How often it was looked. */
  get looks(): number {
    return this.#looks
  }

  push(options: Dispatcher.DispatchOptions, handler: PatientHandler): void {
    this.#line.push(new WaitingRequest(options, handler, this.#looks))
    this.#look ??= this.#lookLater()
  }

  /** Takes the next one off whose caller is still there. */
  shift(): WaitingRequest | undefined {
    for (;;) {
      const next = this.#line.shift()
      if (next === undefined) return undefined
      this.#takenSinceLook++
      if (!next.over) return next
    }
  }

  /** Takes off all whose callers are still there. */
  take(): WaitingRequest[] {
    const all: WaitingRequest[] = []
    for (let next = this.shift(); next !== undefined; next = this.shift()) all.push(next)
    return all
  }

  /** Ends all that wait. */
  fail(error: Error): void {
    for (const waiting of this.take()) waiting.fail(error)
  }

  /** Looks no more, until another one comes. */
  stopLooking(): void {
    this.#look?.cancel()
    this.#look = undefined
  }

  #lookLater(): Timer {
    const timer = this.#options.clock.after(lookMs, () => {
      this.#lookAtLine()
    })
    // A request that waits is under way like any other.
    timer.hold()
    return timer
  }

  #lookAtLine(): void {
    this.#look = undefined
    this.#looks++
    this.#giveUpOnOldest()
    const behind = this.#line.length > this.#takenSinceLook
    this.#options.looked(behind)
    this.#takenSinceLook = 0
    if (this.#line.length > 0) this.#look ??= this.#lookLater()
  }

  #giveUpOnOldest(): void {
    const { patienceMs, connections, crowded } = this.#options
    if (!crowded()) return
    // Counted and not read off a clock, which somebody may set.
    const mostLooks = patienceMs === 0 ? Infinity : Math.ceil(patienceMs / lookMs)
    for (;;) {
      const { next } = this.#line
      if (next === undefined || this.#looks - next.since < mostLooks) return
      this.#line.shift()
      next.fail(crowdedError(patienceMs, connections))
    }
  }
}

function crowdedError(patienceMs: number, connections: number): KubecredError {
  return new KubecredError(
    'ERR_TIMEOUT',
    `no connection to the server became free in ${patienceMs / 1000} s; it may have ${connections}`,
    {
      hint: 'the server is slow, or too much is asked at once: `connections` sets how many there are',
    },
  )
}
