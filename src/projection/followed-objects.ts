import { Backoff, type BackoffPlan } from './backoff.ts'
import { pause } from './pause.ts'
import type { ProjectedObjects } from './projected-objects.ts'
import type { Troubles } from './troubles.ts'

/** What {@link FollowedObjects} needs. */
export interface FollowedObjectsPlan {
  readonly read: (signal: AbortSignal) => Promise<ProjectedObjects>
  /** Milliseconds between two looks. */
  readonly everyMs: number
  readonly troubles: Troubles
  readonly backoff: BackoffPlan
  /** Called with what was found at each look. */
  readonly arrived: (objects: ProjectedObjects) => void
}

/** The ConfigMaps and Secrets of a volume, looked at again and again. */
export class FollowedObjects {
  readonly #plan: FollowedObjectsPlan
  readonly #stop = new AbortController()
  readonly #end: Promise<void>

  /** Begins with a look. */
  constructor(plan: FollowedObjectsPlan) {
    this.#plan = plan
    this.#end = this.#follow()
  }

  /** Looks no more. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#end
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop
    const backoff = new Backoff(this.#plan.backoff)
    while (!signal.aborted) {
      const waitMs = await this.#look(backoff)
      await pause(waitMs, this.#plan.backoff.clock, signal)
    }
  }

  /** @returns Milliseconds until the next look. */
  async #look(backoff: Backoff): Promise<number> {
    const { read, everyMs, troubles, arrived } = this.#plan
    const { signal } = this.#stop
    try {
      const objects = await read(signal)
      if (signal.aborted) return 0
      backoff.succeeded()
      troubles.remove('objects')
      arrived(objects)
      // Many that were started together shall not ask together for ever.
      return everyMs * (1 + this.#plan.backoff.random() / 10)
    } catch (error) {
      if (signal.aborted) return 0
      const retryInMs = backoff.failed(error)
      troubles.add('objects', 'objects', error, retryInMs)
      return retryInMs
    }
  }
}
