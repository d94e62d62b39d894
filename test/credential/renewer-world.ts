import type { Credential } from '../../src/credential/credential.ts'
import type { ProvideRequest } from '../../src/credential/provider.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { namedCredential, settled } from './scripted-provider.ts'

/** A call of the provider. Runs are numbered from 1, and their tokens bear the number. */
interface Run {
  readonly number: number
  readonly request: ProvideRequest
  readonly answer: PromiseWithResolvers<Credential>
  answered: boolean
}

/** A caller of the renewer. */
interface Call {
  readonly controller: AbortController
  /** Nothing older may come out of it. */
  readonly notBefore: number
  /** A fresh credential was there when it came. */
  mustNotWait: boolean
  pending: boolean
}

/** The credential that the renewer must be holding, while this world can be sure of it. */
interface Held {
  readonly fingerprint: string
  /** Half of its life is over then, and no schedule calls it due before. */
  readonly freshUntil: number
  rejected: boolean
}

// The least of every cooldown.
const firstStepMs = 1000
const failure = new Error('the provider failed')
const failureAhead = new Error('the provider failed in a run ahead of need')

/**
 * A renewer and everything around it. It notes each promise that the renewer breaks, from what went
 * in and what came out, and knows nothing of how the renewer decides.
 */
export class RenewerWorld {
  readonly broken: string[] = []
  readonly #clock = createFakeClock()
  readonly #runs: Run[] = []
  readonly #calls: Call[] = []
  readonly #seen: Credential[] = []
  readonly #numbers = new Map<string, number>()
  readonly #tooLate = new Set<number>()
  readonly #stale = new Set<Credential>()
  readonly #renewer = new Renewer(
    { name: 'scripted', runsAhead: true, provide: (request) => this.#provide(request) },
    { clock: this.#clock, random: () => 0.3 },
  )
  /** Number of the newest credential that came out of the renewer. */
  #newest = 0
  /** Number of the last one that went into it. */
  #latest = 0
  #held: Held | undefined
  #rest: { readonly from: number; readonly only: 'ahead' | 'rejected' | undefined } | undefined
  /** The run for a rejection of what is held, or the one that was under way then. */
  #replacing: Run | undefined
  #arriving: Credential | undefined
  #moved = false
  #closed = false

  get runCount(): number {
    return this.#runs.length
  }

  get callCount(): number {
    return this.#calls.length
  }

  // What the program does.

  get(): void {
    const fresh = this.#isFresh() && this.#held?.rejected === false
    this.#call((signal) => this.#renewer.get({ signal })).mustNotWait = fresh
  }

  renew(): void {
    this.#call((signal) => this.#renewer.renew({ signal }))
  }

  rejected(which: number): void {
    const credential = this.#seen.at(-1 - which)
    if (credential === undefined) return
    if (credential.fingerprint === this.#held?.fingerprint) {
      this.#held.rejected = true
      this.#replacing = this.#flying().find(isActive)
    }
    this.#call((signal) => this.#renewer.rejected(credential, { signal }))
  }

  abort(which: number): void {
    pick(this.#waiting(), which)?.controller.abort('gone')
  }

  current(): void {
    const credential = this.#renewer.current()
    if (credential === undefined) return
    if (this.#see(credential) < this.#newest) this.#break('current() went back to an older one')
    const { expiresAt = Infinity } = credential
    if (this.#clock.now() > expiresAt) this.#break('current() gave what has ended')
    if (this.#closed) this.#break('current() gave something after the close')
    const isRejected = credential.fingerprint === this.#held?.fingerprint && this.#held.rejected
    if (isRejected && this.#replacing !== undefined && isActive(this.#replacing)) {
      this.#break('current() gave what was rejected, with its successor on the way')
    }
  }

  // What the provider does, also long after it was told to stop.

  give(which: number, lifeMs: number | undefined): void {
    const run = pick(this.#flying(), which)
    if (run !== undefined) this.#answer(run, run.number, lifeMs)
  }

  repeat(which: number, lifeMs: number | undefined): void {
    const run = pick(this.#flying(), which)
    if (run === undefined) return
    const canRepeat = this.#latest > 0 && !this.#tooLate.has(this.#latest)
    const repeats = canRepeat && !run.request.signal.aborted
    this.#answer(run, repeats ? this.#latest : run.number, lifeMs)
  }

  fail(which: number): void {
    const run = pick(this.#flying(), which)
    if (run === undefined) return
    run.answered = true
    run.answer.reject(run.request.ahead ? failureAhead : failure)
    if (!run.request.signal.aborted) this.#restAfterFailure(run)
  }

  // What time does.

  advance(ms: number): void {
    // What was just given may have ended before it arrives.
    if (this.#arriving !== undefined) {
      this.#stale.add(this.#arriving)
      this.#forget()
    }
    this.#moved = true
    this.#clock.advance(ms)
  }

  /** Sets the clock back, so that this world is not sure of any moment any more. */
  setBack(ms: number): void {
    this.#clock.set(this.#clock.now() - ms)
    this.#moved = true
    this.#forget()
    this.#rest = undefined
  }

  /** Lets so many turns of the microtask queue pass, or everything that can happen. */
  async pass(turns: number | 'all'): Promise<void> {
    if (turns === 'all') {
      await settled()
      this.#arriving = undefined
      this.#moved = false
      this.#checkWaiting()
      return
    }
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
  }

  /** Lets time pass until nobody may be waiting any more, with a provider that never answers. */
  async exhaust(): Promise<void> {
    for (const ms of [0, 60_000, 300_000, 300_000]) {
      this.#clock.advance(ms)
      await this.pass('all')
    }
    if (this.#waiting().length > 0) this.#break('somebody waits for ever')
  }

  /** Closes the renewer, lets a provider let go or not, and looks at what is left. */
  async close(letsGo: boolean): Promise<void> {
    this.#closed = true
    const runs = this.#runs.length
    const closing = this.#renewer.close()
    this.current()
    await settled()
    if (this.#waiting().length > 0) this.#break('somebody waits after the close')
    if (letsGo) for (const run of this.#flying()) run.answer.reject(failure)
    else this.#clock.advance(5000)
    await closing
    const afterwards = await this.#renewer.get().catch((error: unknown) => error)
    if (!isClosed(afterwards)) this.#break('something was given after the close')
    await settled()
    if (this.#runs.length > runs) this.#break('the provider ran after the close')
    if (this.#clock.pendingTimers > 0) this.#break('a timer was left behind')
  }

  async #provide(request: ProvideRequest): Promise<Credential> {
    const { reason, ahead, signal } = request
    if (this.#flying().some(isActive)) this.#break('two runs at once')
    if (signal.aborted) this.#break('a run began that was told to stop')
    if (this.#rests(reason, ahead)) this.#break(`a run in a cooldown: ${reason}`)
    const needed = reason === 'requested' || reason === 'rejected' || !this.#isFresh()
    if (!needed) this.#break(`a run though the credential is fresh: ${reason}`)
    const unfounded = reason === 'rejected' && this.#held?.rejected === false
    if (unfounded) this.#break('a run for the rejection of another credential')

    const number = this.#runs.length + 1
    const answer = Promise.withResolvers<Credential>()
    const run: Run = { number, request, answer, answered: false }
    this.#runs.push(run)
    if (reason === 'rejected') this.#replacing = run
    signal.addEventListener('abort', () => this.#stopped(run))
    return await answer.promise
  }

  #stopped(run: Run): void {
    this.#tooLate.add(run.number)
    this.#forget()
    if (!this.#closed) this.#restAfterFailure(run)
  }

  #answer(run: Run, number: number, lifeMs: number | undefined): void {
    const now = this.#clock.now()
    const credential = namedCredential(`${number}`, lifeMs === undefined ? undefined : now + lifeMs)
    const { fingerprint } = credential
    this.#numbers.set(fingerprint, number)
    run.answered = true
    run.answer.resolve(credential)
    this.#arriving = credential
    if (lifeMs === -1) this.#stale.add(credential)
    const { signal, ahead, reason } = run.request
    if (signal.aborted) return
    this.#latest = number
    // A run ahead that brings something stale need not replace what there is.
    this.#held = undefined
    if (lifeMs === -1) {
      this.#rest = ahead ? undefined : { from: now, only: undefined }
      return
    }
    this.#held = { fingerprint, freshUntil: now + (lifeMs ?? Infinity) / 2, rejected: false }
    this.#rest = reason === 'rejected' ? { from: now, only: 'rejected' } : undefined
  }

  #restAfterFailure({ request }: Run): void {
    this.#rest = { from: this.#clock.now(), only: request.ahead ? 'ahead' : undefined }
  }

  #rests(reason: ProvideRequest['reason'], ahead: boolean): boolean {
    if (this.#rest === undefined || reason === 'requested') return false
    const { from, only } = this.#rest
    const isOver = this.#clock.now() >= from + firstStepMs
    if (isOver) return false
    if (only === 'ahead') return ahead
    return only === undefined || reason === only
  }

  #call(ask: (signal: AbortSignal) => Promise<Credential>): Call {
    const controller = new AbortController()
    const notBefore = this.#newest
    const call: Call = { controller, notBefore, mustNotWait: false, pending: true }
    this.#calls.push(call)
    void this.#follow(call, ask(controller.signal))
    return call
  }

  async #follow(call: Call, answer: Promise<Credential>): Promise<void> {
    try {
      const credential = await answer
      if (this.#see(credential) < call.notBefore) this.#break('a caller got an older one')
      const hasEnded = this.#clock.now() > (credential.expiresAt ?? Infinity)
      const knowably = !this.#moved && !this.#stale.has(credential)
      if (hasEnded && knowably) this.#break('a caller got what has ended')
    } catch (error) {
      const isDeadline =
        error instanceof KubecredError &&
        error.code === 'ERR_RENEWAL_DEADLINE' &&
        error.message.includes('within 300 s')
      const isAbort = error === 'gone' && call.controller.signal.aborted
      const isKnown = error === failure || isDeadline || isAbort
      if (!isKnown && !(this.#closed && isClosed(error))) this.#break(`thrown: ${String(error)}`)
    } finally {
      call.pending = false
    }
  }

  #see(credential: Credential): number {
    const number = this.#numbers.get(credential.fingerprint) ?? -1
    if (number === -1) this.#break('a credential from nowhere')
    if (this.#tooLate.has(number)) this.#break('an answer that came too late was taken')
    this.#seen.push(credential)
    this.#newest = Math.max(this.#newest, number)
    return number
  }

  #checkWaiting(): void {
    const waiting = this.#waiting()
    if (waiting.some(({ controller }) => controller.signal.aborted)) {
      this.#break('a caller that left is kept waiting')
    }
    if (waiting.some(({ mustNotWait }) => mustNotWait)) {
      this.#break('a caller waits though the credential is fresh')
    }
    const isHeld = this.#clock.heldTimers > 0
    if (isHeld !== waiting.length > 0) {
      this.#break(`the process is ${isHeld ? '' : 'not '}held for ${waiting.length} callers`)
    }
  }

  #forget(): void {
    this.#held = undefined
    for (const call of this.#calls) call.mustNotWait = false
  }

  #isFresh(): boolean {
    return this.#held !== undefined && this.#clock.now() < this.#held.freshUntil
  }

  #flying(): Run[] {
    return this.#runs.filter(({ answered }) => !answered)
  }

  #waiting(): Call[] {
    return this.#calls.filter(({ pending }) => pending)
  }

  #break(promise: string): void {
    this.broken.push(promise)
  }
}

function isActive({ answered, request }: Run): boolean {
  return !answered && !request.signal.aborted
}

function pick<T>(list: readonly T[], which: number): T | undefined {
  return list[which % list.length]
}

function isClosed(error: unknown): boolean {
  return error instanceof KubecredError && error.code === 'ERR_CLOSED'
}
