import type { Credential } from '../../src/credential/credential.ts'
import { instantOf, type Instant } from '../../src/credential/instant.ts'
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
  /** A rejection came while it was under way, and may have been of what is held. */
  joined: boolean
}

/** A caller of the renewer. */
interface Call {
  readonly controller: AbortController
  /** Nothing older may come out of it. */
  readonly notBefore: number
  /** A fresh credential was there when it came. */
  mustNotWait: boolean
  /** The server had rejected what there was when it came, and the next one was on the way. */
  mustNotGet: string | undefined
  pending: boolean
}

/** Somebody who iterates. */
interface Reader {
  readonly controller: AbortController
  /** What came last. */
  last: Credential | undefined
  /** Will keep what comes, and want no more for a while. */
  busy: boolean
  /** Does so now. */
  parked: boolean
  over: boolean
}

/** How a world is made. */
export interface WorldSettings {
  readonly runsAhead: boolean
  readonly renewAhead: number | false
  readonly renewWhenIdle: boolean | 'while-in-use'
}

/** The credential that the renewer must be holding, while this world can be sure of it. */
interface Held {
  readonly fingerprint: string
  readonly since: Instant
  readonly lifeMs: number
  /** It came a second time, so that it is due at another time. */
  readonly repeated: boolean
  rejected: boolean
}

// The least of every cooldown.
const firstStepMs = 1000
// No cooldown is longer, jitter included.
const longestRestMs = 36_000
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
  readonly #settings: WorldSettings
  readonly #renewer: Renewer
  readonly #readers: Reader[] = []
  readonly #uses: (() => void)[] = []
  /** Number of the newest credential that came out of the renewer. */
  #newest = 0
  /** Number of the last one that went into it. */
  #latest = 0
  #held: Held | undefined
  #rest: { readonly from: Instant; readonly only: 'ahead' | 'rejected' | undefined } | undefined
  /** A cooldown may have begun then. */
  #maybeRests: Instant | undefined
  /** Somebody has wanted something since the last run that may prompt. */
  #wanted = false
  /** So many runs there must be when all has happened. */
  #owed = 0
  #lookedAt = Number.NEGATIVE_INFINITY
  #read = 0
  /** The run for a rejection of what is held, or the one that was under way then. */
  #replacing: Run | undefined
  #arriving: Credential | undefined
  #moved = false
  /** Something was answered, and has not arrived yet. */
  #unsettled = false
  #closed = false

  constructor(settings: WorldSettings) {
    const { runsAhead, ...options } = settings
    this.#settings = settings
    this.#renewer = new Renewer(
      { name: 'scripted', runsAhead, provide: (request) => this.#provide(request) },
      { clock: this.#clock, random: () => 0.3, ...options },
    )
  }

  get runCount(): number {
    return this.#runs.length
  }

  /** Credentials that readers got. */
  get readCount(): number {
    return this.#read
  }

  get callCount(): number {
    return this.#calls.length
  }

  // What the program does.

  get(): void {
    const fresh = this.#isFresh() && this.#held?.rejected === false
    const rejected = this.#isReplaced() ? this.#held?.fingerprint : undefined
    if (this.#mustRenew()) this.#owed = this.#runs.length + 1
    const call = this.#call((signal) => this.#renewer.get({ signal }))
    call.mustNotWait = fresh
    call.mustNotGet = rejected
  }

  renew(): void {
    this.#call((signal) => this.#renewer.renew({ signal }))
  }

  rejected(which: number): void {
    const credential = this.#seen.at(-1 - which)
    if (credential === undefined) return
    for (const run of this.#flying()) run.joined = true
    if (credential.fingerprint === this.#held?.fingerprint) {
      this.#held.rejected = true
      this.#replacing = this.#flying().find(isActive)
    }
    this.#call((signal) => this.#renewer.rejected(credential, { signal }))
  }

  abort(which: number): void {
    pick(this.#waiting(), which)?.controller.abort('gone')
  }

  /** Begins to iterate. */
  read(): void {
    if (this.#closed) return
    const controller = new AbortController()
    const reader: Reader = { controller, last: undefined, busy: false, parked: false, over: false }
    this.#readers.push(reader)
    this.#wanted = true
    void this.#readOn(reader)
  }

  /** A reader stops for a while, or goes on. */
  pause(which: number): void {
    const reader = pick(this.#reading(), which)
    if (reader !== undefined) reader.busy = !reader.busy
  }

  stopReading(which: number): void {
    pick(this.#reading(), which)?.controller.abort('gone')
  }

  use(): void {
    this.#uses.push(this.#renewer.inUse())
  }

  endUse(): void {
    this.#uses.pop()?.()
  }

  current(): void {
    // What is fresh is so for a moment, in which only one of the clocks is looked at. A clock that is
    // set back may show that moment again, but not to who was told meanwhile that nothing is there.
    const sinceLook = this.#clock.now() - this.#lookedAt
    const isMoment = sinceLook >= 0 && sinceLook < 100
    if (!isMoment) this.#lookedAt = this.#clock.now()
    if (this.#mustRenew() && !isMoment) this.#owed = this.#runs.length + 1
    const credential = this.#renewer.current()
    if (credential === undefined) {
      this.#lookedAt = Number.NEGATIVE_INFINITY
      const isGood = this.#isFresh() && this.#held?.rejected === false
      if (isGood && !this.#closed) this.#break('current() gave nothing though there is a fresh one')
      return
    }
    if (this.#see(credential) < this.#newest) this.#break('current() went back to an older one')
    if (this.#hasEnded(credential) && !isMoment) this.#break('current() gave what has ended')
    if (this.#closed) this.#break('current() gave something after the close')
    if (this.#isReplaced() && credential.fingerprint === this.#held?.fingerprint) {
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
    this.#unsettled = true
    if (!run.request.signal.aborted) this.#restAfterFailure(run)
  }

  // What time does.

  advance(ms: number): void {
    this.#disturb()
    this.#clock.advance(ms)
  }

  /** The machine sleeps, or its clock is set forward. */
  sleep(ms: number): void {
    this.#disturb()
    this.#clock.sleep(ms)
  }

  setBack(ms: number): void {
    this.#disturb()
    this.#clock.set(this.#clock.now() - ms)
  }

  /** Lets so many turns of the microtask queue pass, or everything that can happen. */
  async pass(turns: number | 'all'): Promise<void> {
    if (turns === 'all') {
      await settled()
      this.#arriving = undefined
      this.#unsettled = false
      this.#moved = false
      this.#checkWaiting()
      this.#checkReaders()
      if (this.#runs.length < this.#owed) this.#break('nothing was renewed though it was due')
      return
    }
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
  }

  /** Lets time pass until nobody may be waiting any more, with a provider that never answers. */
  async exhaust(): Promise<void> {
    for (const ms of [0, 60_000, 300_000, 300_000]) {
      this.advance(ms)
      await this.pass('all')
    }
    if (this.#waiting().length > 0) this.#break('somebody waits for ever')
  }

  /** Closes the renewer, lets a provider let go or not, and looks at what is left. */
  async close(letsGo: boolean): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#owed = 0
    const runs = this.#runs.length
    const closing = this.#renewer.close()
    this.current()
    await settled()
    if (this.#waiting().length > 0) this.#break('somebody waits after the close')
    if (this.#reading().some(({ parked }) => !parked)) this.#break('somebody reads after the close')
    if (letsGo) for (const run of this.#flying()) run.answer.reject(failure)
    else this.#clock.advance(5000)
    await closing
    const late = [this.#renewer.get(), this.#renewer.renew()]
    const afterwards = await Promise.allSettled(late)
    if (!afterwards.every((one) => one.status === 'rejected' && isClosed(one.reason))) {
      this.#break('something was given after the close')
    }
    const reading = await this.#renewer.credentials().next()
    if (reading.done !== true) this.#break('something was read after the close')
    this.#renewer.inUse()
    await settled()
    if (this.#runs.length > runs) this.#break('the provider ran after the close')
    if (this.#clock.pendingTimers > 0) this.#break('a timer was left behind')
  }

  async #provide(request: ProvideRequest): Promise<Credential> {
    const { reason, ahead, signal } = request
    if (ahead && !this.#settings.runsAhead) this.#break('a run ahead of one that always prompts')
    const isWanted = this.#wanted || this.#waiting().length + this.#reading().length > 0
    if (!ahead && !isWanted) this.#break(`a run that may prompt and that nobody wants: ${reason}`)
    if (!ahead) this.#wanted = false
    if (this.#flying().some(isActive)) this.#break('two runs at once')
    if (signal.aborted) this.#break('a run began that was told to stop')
    if (this.#rests(reason, ahead)) this.#break(`a run in a cooldown: ${reason}`)
    const needed = reason === 'requested' || reason === 'rejected' || !this.#isFresh()
    if (!needed) this.#break(`a run though the credential is fresh: ${reason}`)
    const unfounded = reason === 'rejected' && this.#held?.rejected === false
    if (unfounded) this.#break('a run for the rejection of another credential')

    const number = this.#runs.length + 1
    const answer = Promise.withResolvers<Credential>()
    const run: Run = { number, request, answer, answered: false, joined: false }
    this.#runs.push(run)
    if (reason === 'rejected') this.#replacing = run
    signal.addEventListener('abort', () => this.#stopped(run))
    return await answer.promise
  }

  #stopped(run: Run): void {
    this.#tooLate.add(run.number)
    this.#unsettled = true
    this.#forget()
    if (!this.#closed) this.#restAfterFailure(run)
  }

  #answer(run: Run, number: number, lifeMs: number | undefined): void {
    const since = instantOf(this.#clock)
    const expiresAt = lifeMs === undefined ? undefined : since.now + lifeMs
    const credential = namedCredential(`${number}`, expiresAt)
    const { fingerprint } = credential
    const repeated = number !== run.number
    this.#numbers.set(fingerprint, number)
    run.answered = true
    run.answer.resolve(credential)
    this.#arriving = credential
    this.#unsettled = true
    if (lifeMs === -1) this.#stale.add(credential)
    const { signal, ahead, reason } = run.request
    if (signal.aborted) return
    this.#latest = number
    // A run ahead that brings something stale need not replace what there is.
    this.#held = undefined
    if (lifeMs === -1) {
      this.#rest = ahead ? undefined : { from: since, only: undefined }
      return
    }
    if (run.joined) this.#maybeRests = since
    this.#held = { fingerprint, since, lifeMs: lifeMs ?? Infinity, repeated, rejected: false }
    // Another good reply says nothing of what the server thinks of it.
    if (reason === 'rejected') this.#rest = { from: since, only: 'rejected' }
    else if (this.#rest?.only !== 'rejected') this.#rest = undefined
  }

  #restAfterFailure({ request }: Run): void {
    this.#rest = { from: instantOf(this.#clock), only: request.ahead ? 'ahead' : undefined }
  }

  #rests(reason: ProvideRequest['reason'], ahead: boolean): boolean {
    if (this.#rest === undefined || reason === 'requested') return false
    const { from, only } = this.#rest
    if (this.#passedSince(from) >= firstStepMs) return false
    if (only === 'ahead') return ahead
    return only === undefined || ahead || reason === only
  }

  #call(ask: (signal: AbortSignal) => Promise<Credential>): Call {
    const controller = new AbortController()
    const notBefore = this.#newest
    const call: Call = {
      controller,
      notBefore,
      mustNotWait: false,
      mustNotGet: undefined,
      pending: true,
    }
    this.#calls.push(call)
    this.#wanted = true
    void this.#follow(call, ask(controller.signal))
    return call
  }

  async #follow(call: Call, answer: Promise<Credential>): Promise<void> {
    try {
      const credential = await answer
      if (this.#see(credential) < call.notBefore) this.#break('a caller got an older one')
      const knowably = !this.#moved && !this.#stale.has(credential)
      if (knowably && this.#hasEnded(credential)) this.#break('a caller got what has ended')
      if (this.#isReplaced() && credential.fingerprint === call.mustNotGet) {
        this.#break('a caller got what was rejected, with its successor on the way')
      }
    } catch (error) {
      const isExpected = isKnown(error, call.controller.signal)
      if (!isExpected && !(this.#closed && isClosed(error))) this.#break(`thrown: ${String(error)}`)
    } finally {
      call.pending = false
    }
  }

  async #readOn(reader: Reader): Promise<void> {
    const { signal } = reader.controller
    try {
      for await (const credential of this.#renewer.credentials({ signal })) {
        this.#read++
        const before = reader.last
        reader.last = credential
        if (before?.fingerprint === credential.fingerprint) this.#break('a reader got one twice')
        if (this.#see(credential) < this.#numberOf(before)) this.#break('a reader got an older one')
        const knowably = !this.#moved && !this.#stale.has(credential)
        if (knowably && this.#hasEnded(credential)) this.#break('a reader got what has ended')
        reader.parked = true
        while (reader.busy && !this.#closed && !signal.aborted) await settled()
        reader.parked = false
      }
      if (!this.#closed) this.#break('a reader came to an end though nothing had ended')
    } catch (error) {
      if (!isKnown(error, signal)) this.#break(`a reader was told: ${String(error)}`)
      const isGood = this.#isFresh() && this.#held?.rejected === false
      if (error === failureAhead || (isGood && !signal.aborted && !this.#unsettled)) {
        this.#break('a reader was told of a failure though there is a good one')
      }
    } finally {
      reader.over = true
    }
  }

  #checkReaders(): void {
    if (this.#closed) return
    const idle = this.#reading().filter(({ parked }) => !parked)
    if (idle.some(({ controller }) => controller.signal.aborted)) {
      this.#break('a reader that left is kept waiting')
    }
    const held = this.#held
    if (held === undefined || held.rejected || !this.#isFresh()) return
    // Who came when nothing was good waits for what is under way, also where a clock was set back then.
    if (this.#flying().some(isActive)) return
    if (idle.some(({ last }) => last?.fingerprint !== held.fingerprint)) {
      this.#break('a reader was not given what is there')
    }
  }

  #numberOf(credential: Credential | undefined): number {
    return credential === undefined ? 0 : (this.#numbers.get(credential.fingerprint) ?? -1)
  }

  #see(credential: Credential): number {
    const number = this.#numberOf(credential)
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
    const count = waiting.length + this.#reading().filter(({ parked }) => !parked).length
    if (isHeld !== count > 0 && !this.#closed) {
      this.#break(`the process is ${isHeld ? '' : 'not '}held for ${count} callers`)
    }
    // One for a run, one to renew when idle, one for each reader.
    const most = 2 + this.#reading().length
    if (this.#clock.pendingTimers > most && !this.#closed) this.#break('timers pile up')
  }

  #forget(): void {
    this.#held = undefined
    for (const call of this.#calls) call.mustNotWait = false
  }

  /** What was answered a moment ago may arrive after this: nobody can be sure of it then. */
  #disturb(): void {
    this.#moved = true
    if (!this.#unsettled) return
    if (this.#arriving !== undefined) this.#stale.add(this.#arriving)
    this.#rest = undefined
    this.#forget()
  }

  /** By the time of day or by what passed awake, whichever is more: nothing lasts longer. */
  #passedSince({ now, monotonic }: Instant): number {
    return Math.max(this.#clock.now() - now, this.#clock.monotonic() - monotonic)
  }

  #hasEnded({ fingerprint, expiresAt = Infinity }: Credential): boolean {
    const held = this.#held
    if (held?.fingerprint === fingerprint) return this.#passedSince(held.since) > held.lifeMs
    return this.#clock.now() > expiresAt
  }

  /** The server has rejected what is held, and the next one is on the way. */
  #isReplaced(): boolean {
    const replacing = this.#replacing
    return this.#held?.rejected === true && replacing !== undefined && isActive(replacing)
  }

  #isFresh(): boolean {
    const held = this.#held
    return held !== undefined && this.#passedSince(held.since) < this.#freshFor(held)
  }

  /** It is not due before; one that was repeated may be so when half of its life is over. */
  #freshFor({ lifeMs, repeated }: Held): number {
    const { renewAhead } = this.#settings
    return lifeMs * (renewAhead === false ? 1 : Math.min(renewAhead, repeated ? 0.5 : 1))
  }

  /** It is due for certain, nothing is under way, and and no cooldown can be in force. */
  #mustRenew(): boolean {
    const held = this.#held
    const { runsAhead, renewAhead } = this.#settings
    if (held === undefined || held.rejected || held.repeated) return false
    if (!runsAhead || renewAhead === false || this.#closed || this.#unsettled) return false
    const passed = this.#passedSince(held.since)
    const isDue = passed >= held.lifeMs * renewAhead && passed <= held.lifeMs
    const hasRested = [this.#rest?.from, this.#maybeRests].every(
      (from) => from === undefined || this.#passedSince(from) > longestRestMs,
    )
    return isDue && hasRested && !this.#flying().some(isActive)
  }

  #flying(): Run[] {
    return this.#runs.filter(({ answered }) => !answered)
  }

  #reading(): Reader[] {
    return this.#readers.filter(({ over }) => !over)
  }

  #waiting(): Call[] {
    return this.#calls.filter(({ pending }) => pending)
  }

  #break(promise: string): void {
    this.broken.push(promise)
  }
}

/** What callers may be told: a failure, the end of a run that took too long, their own abort. */
function isKnown(error: unknown, signal: AbortSignal): boolean {
  if (error === failure) return true
  if (error === 'gone') return signal.aborted
  if (!(error instanceof KubecredError) || error.code !== 'ERR_RENEWAL_DEADLINE') return false
  return error.message.includes('within 300 s')
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
