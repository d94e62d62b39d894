// Each plugin is a process, often of a hundred megabytes: a program with hundreds of clusters must not
// start hundreds of them in the same moment. So many that one which hangs is hardly in another's way.
const mostAtOnce = 64

/** Places that are taken one after the other, in the order in which they were asked for. */
export class Places {
  readonly #waiting = new Set<() => void>()
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  /**
   * Waits for a place.
   *
   * @returns A function that gives it back.
   * @throws The reason of the signal, when it is aborted before there is one.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#free > 0) this.#free--
    else await this.#turn(signal)
    return () => {
      this.#giveBack()
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onAbort = (): void => {
      this.#waiting.delete(resolve)
      reject(signal.reason)
    }
    this.#waiting.add(resolve)
    signal.addEventListener('abort', onAbort, { once: true })
    await promise.finally(() => {
      signal.removeEventListener('abort', onAbort)
    })
  }

  #giveBack(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#free++
      return
    }
    this.#waiting.delete(next)
    next()
  }
}

/** The places for plugins of this process; the wait for one counts against the deadline of a run. */
export const pluginPlaces: Places = new Places(mostAtOnce)
