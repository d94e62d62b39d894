import { callApart } from '../errors/call-apart.ts'

/** Those who are told of each value that comes, as long as they like. */
export class Listeners<Value = void> {
  // Not a set: who comes and goes with each request would make it grow anew all the time.
  readonly #all: ((value: Value) => void)[] = []

  /** How many there are. */
  get size(): number {
    return this.#all.length
  }

  /** Tells `listener` from now on. The function that comes back ends that; further calls do nothing. */
  add(listener: (value: Value) => void): () => void {
    // One of its own, should the same function be added twice.
    const entry = (value: Value): void => {
      listener(value)
    }
    this.#all.push(entry)
    return () => {
      const place = this.#all.indexOf(entry)
      if (place !== -1) this.#all.splice(place, 1)
    }
  }

  /** Tells all of them at once. What one of them throws is an uncaught error, and nothing to the others. */
  tell(value: Value): void {
    for (const entry of [...this.#all]) {
      callApart(() => {
        entry(value)
      })
    }
  }
}
