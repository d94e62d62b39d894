import type { Clock } from '../credential/clock.ts'
import { lastingHint } from '../credential/cooling-error.ts'
import { KubecredError, messageOf } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import type { VolumeFailure } from './volume-state.ts'

/** What is wrong with a volume at present, told of as it comes up. */
export class Troubles {
  readonly #directory: string
  readonly #clock: Clock
  readonly #isUsable: () => boolean
  readonly #failures = new Map<string, VolumeFailure>()

  /** @param isUsable Whether the keeper has written files. */
  constructor(directory: string, clock: Clock, isUsable: () => boolean) {
    this.#directory = directory
    this.#clock = clock
    this.#isUsable = isUsable
  }

  /** All that there are. */
  get all(): readonly VolumeFailure[] {
    return [...this.#failures.values()]
  }

  /** Notes that something failed, under a key of its own. */
  add(key: string, part: VolumeFailure['part'], error: unknown, retryInMs: number): void {
    const errorCode = error instanceof KubecredError ? error.code : undefined
    const told = { message: messageOf(error), hint: lastingHint(error) }
    this.note(key, { part, errorCode, ...told, retryInMs })
  }

  /** As {@link Troubles.add}, of a failure that was told before. */
  note(key: string, told: Omit<VolumeFailure, 'at'>): void {
    this.#failures.set(key, { ...told, at: this.#clock.now() })
    publish('kubecred:projection:failed', () => {
      return { directory: this.#directory, ...told, usable: this.#isUsable() }
    })
  }

  /** Notes that it works now. */
  remove(key: string): void {
    this.#failures.delete(key)
  }
}
