import { publish } from '../events/channels.ts'
import { CertificatePlace } from './certificate-places.ts'
import { Changes } from './changes.ts'
import { Airborne } from './airborne.ts'
import { coolingError } from './cooling-error.ts'
import type { Credential } from './credential.ts'
import { FlightRun } from './flight.ts'
import { freshUntil } from './fresh-window.ts'
import { IdleRenewal } from './idle-renewal.ts'
import { instantOf } from './instant.ts'
import { readCredentials } from './next-credential.ts'
import { nextIdleLook } from './next-look.ts'
import type { CredentialProvider } from './provider.ts'
import { publishFailed, publishRenewed } from './renewal-events.ts'
import { transition, type RenewalRules } from './renewal-rules.ts'
import {
  emptyState,
  isVacant,
  outlook,
  phaseOf,
  usableIn,
  type Flight,
  type RenewalAction,
  type RenewalEvent,
  type RenewalState,
} from './renewal-state.ts'
import {
  readRenewerOptions,
  rulesFor,
  type RenewerOptions,
  type RenewerSettings,
} from './renewer-options.ts'
import { sourceClosedError } from './source-closed-error.ts'
import type { CredentialSource, RejectedOptions, WaitOptions } from './source.ts'
import { WaitingRoom } from './waiting-room.ts'

/** Keeps one credential fresh: holds it, renews it, and lets any number of callers share the work. */
export class Renewer implements CredentialSource {
  // What each request looks at, first and in one place: of very many sources a processor has none at hand.
  #fresh: Credential | undefined
  #freshUntil = 0
  #freshEra = 0
  readonly #settings: RenewerSettings
  readonly #provider: CredentialProvider
  readonly #rules: RenewalRules
  #state: RenewalState = emptyState
  // While it is in the air; whoever waits waits for it.
  #run: FlightRun | undefined
  // These are here while they are needed only: a program may have very many sources.
  #room: WaitingRoom | undefined
  #airborne: Airborne | undefined
  #changes: Changes<Credential> | undefined
  #place: CertificatePlace | undefined
  #idle: IdleRenewal | undefined
  #closing: Promise<void> | undefined

  /** @throws TypeError for an option that cannot work. */
  constructor(provider: CredentialProvider, options: RenewerOptions | RenewerSettings = {}) {
    this.#provider = provider
    this.#settings = 'ownSchedule' in options ? options : readRenewerOptions(options)
    this.#rules = rulesFor(this.#settings, provider.runsAhead)
    if (this.#settings.renewWhenIdle === true) this.#keepFresh()
  }

  get name(): string {
    return this.#provider.name
  }

  current(): Credential | undefined {
    const { clock, watch } = this.#settings
    const isFresh = watch.time() < this.#freshUntil && watch.era === this.#freshEra
    if (isFresh && this.#fresh !== undefined) return this.#fresh
    const at = instantOf(clock)
    const held = this.#state.flight?.reason === 'rejected' ? undefined : usableIn(this.#state, at)
    if (held === undefined) return undefined
    if (phaseOf(this.#state, at) === 'due') this.#step({ kind: 'asked' })
    else {
      this.#fresh = held.credential
      this.#freshUntil = freshUntil(held, at, watch)
      this.#freshEra = watch.era
    }
    return held.credential
  }

  async get({ signal }: WaitOptions = {}): Promise<Credential> {
    signal?.throwIfAborted()
    return await this.#answer(this.#step({ kind: 'asked' }), signal)
  }

  async rejected({ fingerprint }: Credential, options: RejectedOptions = {}): Promise<Credential> {
    const { rejection, signal } = options
    if (this.#state.held?.credential.fingerprint === fingerprint) {
      publish('kubecred:credential:rejected', () => ({ source: this.name, fingerprint }))
    }
    return await this.#answer(this.#step({ kind: 'rejected', fingerprint, rejection }), signal)
  }

  async renew({ signal }: WaitOptions = {}): Promise<Credential> {
    signal?.throwIfAborted()
    if (this.#step({ kind: 'requested' }).kind === 'refuse-closed')
      throw sourceClosedError(this.name)
    return await this.#waitInRoom(signal)
  }

  /** Drops what it holds if `isIt` says so, though there is no other, and lets no such one come in, either. */
  withdraw(isIt: (credential: Credential) => boolean): void {
    this.#run?.refuse(isIt)
    if (this.held === undefined || !isIt(this.held)) return
    this.#step({ kind: 'withdrawn' })
    this.#place?.hold(undefined)
    this.#changes?.tell()
  }

  /** What it holds, good or not; to look causes nothing. */
  get held(): Credential | undefined {
    return this.#state.held?.credential
  }

  /** Whether it holds nothing usable, and there is nothing else to remember: no run, no cooldown. */
  get isVacant(): boolean {
    return isVacant(this.#state, instantOf(this.#settings.clock))
  }

  credentials({ signal }: WaitOptions = {}): AsyncIterableIterator<Credential> {
    const changes = (this.#changes ??= new Changes())
    const looks = { rules: this.#rules, clock: this.#settings.clock }
    return readCredentials({ source: this, state: () => this.#state, changes, ...looks }, signal)
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Credential> {
    return this.credentials()
  }

  inUse(): () => void {
    return this.#settings.renewWhenIdle === 'while-in-use' ? this.#keepFresh() : () => undefined
  }

  #keepFresh(): () => void {
    this.#idle ??= new IdleRenewal({
      clock: this.#settings.clock,
      nextLook: (at) => nextIdleLook(this.#state, at, this.#rules),
      look: () => void this.#step({ kind: 'unasked' }),
    })
    return this.#idle.want()
  }

  onChange(listener: (credential: Credential) => void): () => void {
    return (this.#changes ??= new Changes()).listen(listener)
  }

  async close(): Promise<void> {
    await (this.#closing ??= this.#close())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    const error = sourceClosedError(this.name)
    this.#step({ kind: 'closed' })
    this.#place?.hold(undefined)
    this.#run?.cancel(error)
    this.#room?.turnAway(error)
    this.#changes?.tell()
    await this.#airborne?.empty(this.#settings.clock)
  }

  #step(event: RenewalEvent): RenewalAction {
    const { clock, random } = this.#settings
    const before = this.#state
    const moment = { ...instantOf(clock), random: random() }
    const { state, action } = transition(before, event, moment, this.#rules)
    if (state === before) return action
    this.#state = state
    this.#fresh = undefined
    if (state.flight !== undefined && state.flight.id !== before.flight?.id)
      this.#launch(state.flight)
    this.#idle?.changed()
    return action
  }

  async #answer(action: RenewalAction, signal: AbortSignal | undefined): Promise<Credential> {
    if (action.kind === 'use') return action.credential
    if (action.kind === 'wait') return await this.#wait(signal)
    if (action.kind === 'refuse') throw coolingError(action.error, action.retryInMs)
    throw sourceClosedError(this.name)
  }

  async #wait(signal: AbortSignal | undefined): Promise<Credential> {
    try {
      return await this.#waitInRoom(signal)
    } catch (error) {
      // When the renewal of a rejected credential fails, the old one stays.
      const old = signal?.aborted === true ? undefined : this.current()
      if (old === undefined) throw error
      return old
    }
  }

  async #waitInRoom(signal: AbortSignal | undefined): Promise<Credential> {
    this.#room ??= new WaitingRoom((occupied) => this.#run?.hold(occupied))
    return await this.#room.wait(signal)
  }

  #launch({ id, reason, ahead, rejection }: Flight): void {
    const { clock, deadlineMs, aheadDeadlineMs } = this.#settings
    const run: FlightRun = new FlightRun({
      id,
      provider: this.#provider,
      request: { reason, ahead, rejection },
      deadlineMs: ahead ? aheadDeadlineMs : deadlineMs,
      clock,
      onArrived: (credential) => this.#arrived(run, credential),
      onFailed: (error) => this.#failed(run, error),
    })
    run.hold((this.#room?.waiters ?? 0) > 0)
    this.#run = run
    this.#airborne ??= new Airborne()
    this.#airborne.add(run, (left) => {
      if (this.#run === run) this.#run = undefined
      if (left === 0) this.#airborne = undefined
      if (this.#room?.waiters === 0) this.#room = undefined
    })
  }

  #arrived(run: FlightRun, credential: Credential): void {
    const before = this.#state.held?.credential
    const action = this.#step({ kind: 'arrived', flightId: run.id, credential })
    if (action.kind !== 'settle') return
    const after = this.#state.held?.credential
    if (after?.certificate !== undefined) this.#place ??= new CertificatePlace(this.#provider.kind)
    this.#place?.hold(after?.certificate)
    this.#room?.admit(credential)
    publishRenewed({ provider: this.#provider, flight: action.flight, run }, before, after)
    this.#changes?.tell(after?.fingerprint === before?.fingerprint ? undefined : after)
  }

  #failed(run: FlightRun, error: unknown): void {
    const event = { kind: 'failed', flightId: run.id, error } as const
    const action = this.#step({ ...event, waiters: this.#room?.waiters ?? 0 })
    if (action.kind !== 'settle' && action.kind !== 'retry') return
    if (action.kind === 'settle') {
      this.#room?.turnAway(error)
      this.#changes?.tell()
    }
    const then = outlook(this.#state, action, instantOf(this.#settings.clock))
    publishFailed({ provider: this.#provider, flight: action.flight, run }, error, then)
  }
}
