import type { Cursor, Mark } from './cursor.ts'

/** A token that turns out to be a key if a `:` follows on the same line. */
export interface SimpleKey {
  /** Whether it has to be one, because a mapping goes on in its column. */
  readonly required: boolean
  /** Number of the token in the stream. */
  readonly token: number
  readonly mark: Mark
}

const longest = 1024

/** What may still turn out to be a key: the latest candidate of each level of brackets. */
export class SimpleKeys {
  readonly #cursor: Cursor
  readonly #levels: (SimpleKey | undefined)[] = [undefined]
  readonly #byToken = new Map<number, SimpleKey>()

  constructor(cursor: Cursor) {
    this.#cursor = cursor
  }

  /** How many brackets are open. */
  get brackets(): number {
    return this.#levels.length - 1
  }

  open(): void {
    this.#levels.push(undefined)
  }

  close(): void {
    if (this.brackets > 0) this.#levels.pop()
  }

  /** Makes the token that begins here the candidate of this level. */
  save(token: number, required: boolean): void {
    this.drop()
    const key: SimpleKey = { required, token, mark: this.#cursor.mark() }
    this.#levels[this.#levels.length - 1] = key
    this.#byToken.set(token, key)
  }

  /** Gives up the candidate of this level. */
  drop(): void {
    const key = this.#levels.at(-1)
    if (key !== undefined) this.#giveUp(key)
  }

  /** The candidate of this level, which is none any more, if a `:` here makes a key of it. */
  take(): SimpleKey | undefined {
    const key = this.#levels.at(-1)
    if (key === undefined || !this.#isPossible(key)) return undefined
    this.#forget(key)
    return key
  }

  /** Whether this token may still turn out to be a key. */
  mayBe(token: number): boolean {
    const key = this.#byToken.get(token)
    return key !== undefined && this.#isPossible(key)
  }

  #isPossible(key: SimpleKey): boolean {
    const { line, index } = this.#cursor
    if (key.mark.line >= line && key.mark.index + longest >= index) return true
    this.#giveUp(key)
    return false
  }

  #giveUp(key: SimpleKey): void {
    if (key.required) throw this.#cursor.problem("could not find expected ':'")
    this.#forget(key)
  }

  #forget(key: SimpleKey): void {
    this.#byToken.delete(key.token)
    const level = this.#levels.indexOf(key)
    if (level !== -1) this.#levels[level] = undefined
  }
}
