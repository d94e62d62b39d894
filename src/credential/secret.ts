import { inspect } from 'node:util'

const redacted = '[redacted]'

/** A value that no string conversion, JSON or inspection shows; only {@link Secret.reveal} does. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. Every call is a place to look at in a review. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  static {
    Object.defineProperty(this.prototype, inspect.custom, { value: () => redacted })
  }
}
