import { KubecredError } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import type { Clock } from './clock.ts'
import type { Credential } from './credential.ts'
import { FlightRun } from './flight.ts'
import { CertificatePlace } from './certificate-places.ts'
import type { CredentialProvider } from './provider.ts'
import { publishFailed, publishRenewed, type EndedRenewal } from './renewal-events.ts'
import { transition, type RenewalRules } from './renewal-rules.ts'
import {
  emptyState,
  usableIn,
  type Flight,
  type RenewalAction,
  type RenewalEvent,
  type RenewalState,
} from './renewal-state.ts'
import { readRenewerOptions, type RenewerOptions, type RenewerSettings } from './renewer-options.ts'
import { sourceClosedError } from './source-closed-error.ts'
import type { CredentialSource, RejectedOptions, WaitOptions } from './source.ts'
import { WaitingRoom } from './waiting-room.ts'

export type { RenewerOptions } from './renewer-options.ts'

// Providers that were told to stop get this long before nobody waits for them any more.
const letGoMs = 5000

/** Keeps one credential fresh: holds it, renews it, and lets any number of callers share the work. */
export class Renewer implements CredentialSource {
  readonly name: string
  readonly #provider: CredentialProvider
  readonly #settings: RenewerSettings
  readonly #rules: RenewalRules
  #state: RenewalState = emptyState
  // The last one; people wait only while it is in the air.
  #run: FlightRun | undefined
  readonly #room = new WaitingRoom((occupied) => this.#run?.hold(occupied))
  // Also runs that have ended, until their provider has let go.
  readonly #airborne = new Set<FlightRun>()
  readonly #place: CertificatePlace
  #closing: Promise<void> | undefined

  /** @throws TypeError for an option that cannot work. */
  constructor(provider: CredentialProvider, options: RenewerOptions = {}) {
    this.name = provider.name
    this.#provider = provider
    this.#place = new CertificatePlace(provider.kind)
    this.#settings = readRenewerOptions(options)
    const { schedule, cooldown } = this.#settings
    this.#rules = { schedule, cooldown, runsAhead: provider.runsAhead }
  }

  current(): Credential | undefined {
    if (this.#state.flight?.reason === 'rejected') return undefined
    const now = this.#settings.clock.now()
    const held = usableIn(this.#state, now)
    if (held === undefined) return undefined
    if (now >= held.dueAt) this.#step({ kind: 'asked' })
    return held.credential
  }

  async get({ signal }: WaitOptions = {}): Promise<Credential> {
    signal?.throwIfAborted()
    return await this.#answer(this.#step({ kind: 'asked' }), signal)
  }

  async rejected(credential: Credential, options: RejectedOptions = {}): Promise<Credential> {
    const { fingerprint } = credential
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
    return await this.#room.wait(signal)
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    const error = sourceClosedError(this.name)
    this.#step({ kind: 'closed' })
    this.#place.hold(undefined)
    this.#run?.cancel(error)
    this.#room.turnAway(error)
    const landings = [...this.#airborne].map(({ landed }) => landed)
    if (landings.length > 0) await within(letGoMs, Promise.all(landings), this.#settings.clock)
  }

  #step(event: RenewalEvent): RenewalAction {
    const moment = { now: this.#settings.clock.now(), random: this.#settings.random() }
    const { state, action } = transition(this.#state, event, moment, this.#rules)
    const isNew = state.flight !== undefined && state.flight.id !== this.#state.flight?.id
    this.#state = state
    if (isNew) this.#launch(state.flight)
    return action
  }

  async #answer(action: RenewalAction, signal: AbortSignal | undefined): Promise<Credential> {
    switch (action.kind) {
      case 'use':
        return action.credential
      case 'refuse':
        throw coolingDown(action.error, action.retryInMs)
      case 'wait':
        return await this.#wait(signal)
      default:
        throw sourceClosedError(this.name)
    }
  }

  async #wait(signal: AbortSignal | undefined): Promise<Credential> {
    try {
      return await this.#room.wait(signal)
    } catch (error) {
      // When the renewal of a rejected credential fails, the old one stays.
      const old = signal?.aborted === true ? undefined : this.current()
      if (old === undefined) throw error
      return old
    }
  }

  #launch({ id, reason, ahead, rejection }: Flight): void {
    const { clock, deadlineMs, aheadDeadlineMs } = this.#settings
    const run: FlightRun = new FlightRun({
      id,
      provider: this.#provider,
      request: { reason, ahead, rejection },
      deadlineMs: ahead ? aheadDeadlineMs : deadlineMs,
      clock,
      onArrived: (credential) => {
        this.#arrived(run, credential)
      },
      onFailed: (error) => {
        this.#failed(run, error)
      },
    })
    run.hold(this.#room.waiters > 0)
    this.#run = run
    this.#airborne.add(run)
    void run.landed.then(() => this.#airborne.delete(run))
  }

  #arrived(run: FlightRun, credential: Credential): void {
    const before = this.#state.held?.credential
    const action = this.#step({ kind: 'arrived', flightId: run.id, credential })
    if (action.kind !== 'settle') return
    const after = this.#state.held?.credential
    this.#place.hold(after?.certificate)
    this.#room.admit(credential)
    const { kind } = this.#provider
    publishRenewed({ ...this.#ended(run, action.flight), kind }, before, after)
  }

  #failed(run: FlightRun, error: unknown): void {
    const { waiters } = this.#room
    const action = this.#step({ kind: 'failed', flightId: run.id, error, waiters })
    if (action.kind !== 'settle' && action.kind !== 'retry') return
    if (action.kind === 'settle') this.#room.turnAway(error)
    const now = this.#settings.clock.now()
    const until = action.kind === 'retry' ? now : (this.#state.cooldown?.until ?? now)
    publishFailed(this.#ended(run, action.flight), error, {
      usable: usableIn(this.#state, now) !== undefined,
      retryInMs: until - now,
    })
  }

  #ended({ durationMs }: FlightRun, { reason }: Flight): EndedRenewal {
    return { source: this.name, reason, durationMs }
  }
}

async function within(ms: number, promise: Promise<unknown>, clock: Clock): Promise<void> {
  const patience = Promise.withResolvers<void>()
  const timer = clock.after(ms, patience.resolve)
  timer.hold()
  await Promise.race([promise, patience.promise])
  timer.cancel()
}

function coolingDown(error: unknown, retryInMs: number): unknown {
  if (!(error instanceof KubecredError)) return error
  return new KubecredError(error.code, error.message, {
    cause: error,
    hint: error.hint,
    details: { ...error.details, retryInMs },
  })
}
