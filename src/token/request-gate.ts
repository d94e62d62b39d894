import { nextCooldown, restOf, type Cooldown, type CooldownPolicy } from '../credential/cooldown.ts'
import type { Clock, Random, Timer } from '../credential/clock.ts'
import { instantOf, type Instant } from '../credential/instant.ts'
import { onceAborted } from '../credential/leaving.ts'
import type { KubecredError } from '../errors/kubecred-error.ts'
import { longerPause, pauseError, type ServerPause } from './server-pause.ts'
import { isOfTheServer } from './token-error.ts'

/** What a {@link RequestGate} keeps to. */
export interface GateRules {
  /** Most requests at a time. */
  readonly maxInFlight: number
  /** How long the gate stays shut after the server failed. */
  readonly cooldown: CooldownPolicy
  /** Longest that somebody waits for a request, milliseconds in which the machine is awake. */
  readonly patienceMs: number
  readonly clock: Clock
  readonly random: Random
}

/** Who asks, and how much it matters. */
export interface Asking {
  /** Nobody waits for it. */
  readonly ahead: boolean
  /** Takes a function that is called when somebody waits for it after all. */
  readonly whenWanted?: ((then: () => void) => void) | undefined
  readonly signal: AbortSignal
}

/** How a request went: it was answered well, it failed, or nobody wants to know. */
export type Outcome = 'answered' | 'abandoned' | { readonly error: unknown }

/** Somebody who has come through, and has to say how it went; further calls do nothing. */
export interface Passage {
  leave(outcome: Outcome): void
}

/** Somebody in a line. */
interface Waiter {
  readonly go: () => void
  readonly turnAway: (error: unknown) => void
  /** On the clock's monotonic count; for ever where nobody waits for it. */
  waitsUntil: number
}

/**
 * Lets the requests of a manager through, a few at a time: those that somebody waits for first.
 *
 * While the server fails, those ahead of need wait: one of them tries again after a cooldown, and the others
 * follow when it succeeds. Those that somebody waits for go all the same, but when the server has asked to
 * be left alone (`Retry-After`) nothing goes until then. Who would not wait as long hears why at once.
 */
export class RequestGate {
  readonly #rules: GateRules
  readonly #needed = new Set<Waiter>()
  readonly #ahead = new Set<Waiter>()
  #inFlight = 0
  #shut: Cooldown | undefined
  #pause: ServerPause | undefined
  #timer: Timer | undefined
  #probe: Passage | undefined

  constructor(rules: GateRules) {
    this.#rules = rules
  }

  /** Requests that are on their way. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.#needed.size + this.#ahead.size
  }

  /** Why nothing goes through; undefined when the server has not asked to be left alone. */
  get pauseError(): KubecredError | undefined {
    return pauseError(this.#pause, instantOf(this.#rules.clock))
  }

  /**
   * Waits until a request may go.
   *
   * @throws The failure of the server that has asked to be left alone for longer than somebody waits here,
   *   with the time until then; the reason of the signal.
   */
  async enter({ ahead, whenWanted, signal }: Asking): Promise<Passage> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<Passage>()
    let line = this.#ahead
    const waiter: Waiter = {
      go: () => {
        stay()
        line.delete(waiter)
        resolve(this.#pass(line === this.#ahead))
      },
      turnAway: (error) => {
        stay()
        line.delete(waiter)
        reject(error)
      },
      waitsUntil: Infinity,
    }
    const stay = onceAborted(signal, () => {
      waiter.turnAway(signal.reason)
      if (this.waiting === 0) this.#timer?.cancel()
    })
    const want = (): void => {
      waiter.waitsUntil = this.#rules.clock.monotonic() + this.#rules.patienceMs
      line = this.#needed.add(waiter)
    }
    if (ahead) line.add(waiter)
    else want()
    whenWanted?.(() => {
      if (!this.#ahead.delete(waiter)) return
      want()
      this.#open()
    })
    this.#open()
    return await promise
  }

  #pass(ahead: boolean): Passage {
    this.#inFlight++
    let isThrough = true
    const passage: Passage = {
      leave: (outcome) => {
        if (!isThrough) return
        isThrough = false
        this.#left(passage, outcome)
      },
    }
    if (ahead && this.#shut !== undefined) this.#probe = passage
    return passage
  }

  #left(passage: Passage, outcome: Outcome): void {
    this.#inFlight--
    if (this.#probe === passage) this.#probe = undefined
    if (typeof outcome === 'object' && isOfTheServer(outcome.error)) this.#close(outcome.error)
    else if (outcome !== 'abandoned') this.#shut = undefined
    this.#open()
  }

  #close(error: unknown): void {
    const { cooldown, clock, random } = this.#rules
    const at = instantOf(clock)
    this.#pause = longerPause(this.#pause, error, at)
    // Those that were on their way when it failed tell nothing new.
    if (restOf(this.#shut, at) > 0) return
    this.#shut = nextCooldown(cooldown, this.#shut, { kind: 'failed', error }, at, random())
  }

  #open(): void {
    const { maxInFlight, clock } = this.#rules
    const at = instantOf(clock)
    const pause = restOf(this.#pause, at)
    const rest = Math.max(restOf(this.#shut, at), pause)
    if (pause === 0) this.#let(this.#needed, maxInFlight)
    else this.#turnAway(at)
    if (rest === 0) this.#let(this.#ahead, maxInFlight)
    this.#timer?.cancel()
    this.#timer = undefined
    const wait = this.#needed.size > 0 && pause > 0 ? pause : rest
    if (wait > 0 && this.waiting > 0) this.#timer = clock.after(wait, () => this.#open())
  }

  /** Those who would not wait until the end of the pause need not wait at all. */
  #turnAway(at: Instant): void {
    const restMs = restOf(this.#pause, at)
    const error = pauseError(this.#pause, at)
    // The longer somebody has been in the line, the less is left.
    for (const { turnAway, waitsUntil } of this.#needed) {
      if (waitsUntil - at.monotonic > restMs) return
      turnAway(error)
    }
  }

  /** Lets those of a line go, in the order that they came. */
  #let(line: ReadonlySet<Waiter>, maxInFlight: number): void {
    for (const { go } of line) {
      const isProbed = line === this.#ahead && this.#shut !== undefined && this.#probe !== undefined
      if (this.#inFlight >= maxInFlight || isProbed) return
      go()
    }
  }
}
