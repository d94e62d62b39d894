import { KubecredError, type ErrorDetails } from '../errors/kubecred-error.ts'
import type { Clock, Timer } from './clock.ts'
import type { Credential } from './credential.ts'
import type { CredentialProvider, ProvideRequest } from './provider.ts'

/** What a {@link FlightRun} needs. */
export interface FlightPlan {
  readonly id: number
  readonly provider: CredentialProvider
  readonly request: Omit<ProvideRequest, 'signal' | 'explain' | 'whenWanted'>
  readonly deadlineMs: number
  readonly clock: Clock
  /** Called once, unless the flight was cancelled first. */
  readonly onArrived: (credential: Credential) => void
  /** Called once instead, when the provider or `onArrived` failed, or the deadline passed. */
  readonly onFailed: (error: unknown) => void
}

/** One call of a provider, bounded by a deadline, whose timer can hold the process alive. */
export class FlightRun {
  readonly id: number
  /** Settles when the provider has let go, which may be after the flight has ended. */
  readonly landed: Promise<void>
  readonly #plan: FlightPlan
  readonly #startedAt: number
  readonly #controller = new AbortController()
  readonly #timer: Timer
  #soFar: () => ErrorDetails | KubecredError = () => ({})
  #over = false
  #isRefused: ((credential: Credential) => boolean) | undefined
  #isWanted = false
  #onWanted: (() => void) | undefined

  constructor(plan: FlightPlan) {
    this.id = plan.id
    this.#plan = plan
    this.#startedAt = plan.clock.monotonic()
    this.#timer = plan.clock.after(plan.deadlineMs, () => {
      const error = deadlineError(plan, this.#soFar())
      this.cancel(error)
      plan.onFailed(error)
    })
    this.landed = this.#fly()
  }

  get durationMs(): number {
    return this.#plan.clock.monotonic() - this.#startedAt
  }

  /** Keeps the process alive while somebody waits. */
  hold(wanted: boolean): void {
    if (!wanted) {
      this.#timer.release()
      return
    }
    this.#timer.hold()
    this.#isWanted = true
    this.#onWanted?.()
  }

  /** Asks the provider once more should it bring a credential for which `isIt` holds. */
  refuse(isIt: (credential: Credential) => boolean): void {
    this.#isRefused = isIt
  }

  /** Stops the provider; neither callback is called any more. */
  cancel(reason: unknown): void {
    if (this.#finish()) this.#controller.abort(reason)
  }

  async #fly(): Promise<void> {
    const { onArrived, onFailed } = this.#plan
    try {
      // One step later, so that whoever made the flight knows it before it ends.
      await Promise.resolve()
      let credential = await this.#ask()
      while (!this.#over && this.#isRefused?.(credential) === true) {
        this.#isRefused = undefined
        credential = await this.#ask()
      }
      if (this.#over) return
      onArrived(credential)
      this.#finish()
    } catch (error) {
      if (this.#finish()) onFailed(error)
    }
  }

  async #ask(): Promise<Credential> {
    const { provider, request } = this.#plan
    const { signal } = this.#controller
    signal.throwIfAborted()
    const explain: ProvideRequest['explain'] = (soFar) => {
      this.#soFar = soFar
    }
    const whenWanted = (then: () => void): void => {
      this.#onWanted = then
      if (this.#isWanted) then()
    }
    return await provider.provide({ ...request, signal, explain, whenWanted })
  }

  #finish(): boolean {
    if (this.#over) return false
    this.#over = true
    this.#timer.cancel()
    return true
  }
}

function deadlineError(
  { provider, deadlineMs }: FlightPlan,
  soFar: ErrorDetails | KubecredError,
): KubecredError {
  const code = 'ERR_RENEWAL_DEADLINE'
  const words = `${provider.name}: gave no credential within ${deadlineMs / 1000} s and was stopped`
  if (soFar instanceof KubecredError) {
    const { message, hint, details } = soFar
    return new KubecredError(code, `${words}: ${message}`, { cause: soFar, hint, details })
  }
  const hint =
    soFar.command === undefined
      ? 'the deadline is an option'
      : `run ${soFar.command} by hand to see what it waits for; the deadline is an option`
  return new KubecredError(code, words, { hint, details: soFar })
}
