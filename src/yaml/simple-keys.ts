import type { Cursor, Mark } from './cursor.ts'

/** A token that turns out to be a key if a `:` follows on the same line. */
export interface SimpleKey {
  /** Whether it has to be one, because a mapping goes on in its column. */
  readonly required: boolean
  /** Number of the token in the stream. */
  readonly token: number
  readonly mark: Mark
}

/** What is inside of one pair of brackets, or of none. */
interface Level {
  key: SimpleKey | undefined
  /** Number of the latest token here that was a candidate, or of the bracket itself. */
  token: number
}

const longest = 1024

/** What may still turn out to be a key: the latest candidate of each level of brackets. */
export class SimpleKeys {
  readonly #cursor: Cursor
  readonly #levels: Level[] = [{ key: undefined, token: 0 }]
  readonly #byToken = new Map<number, SimpleKey>()

  constructor(cursor: Cursor) {
    this.#cursor = cursor
  }

  /** How many brackets are open. */
  get brackets(): number {
    return this.#levels.length - 1
  }

  /** @param token Number of the bracket. */
  open(token: number): void {
    this.#levels.push({ key: undefined, token })
  }

  /**
   * The end of a pair of brackets. In the library that this follows an empty pair does not wait
   * for the `:` that would make a key of it.
   */
  close(): void {
    if (this.brackets === 0) return
    const level = this.#levels.pop()
    if (level !== undefined) this.#byToken.delete(level.token)
  }

  /** Makes the token that begins here the candidate of this level. */
  save(token: number, required: boolean): void {
    this.drop()
    const key: SimpleKey = { required, token, mark: this.#cursor.mark() }
    this.#levels[this.#levels.length - 1] = { key, token }
    this.#byToken.set(token, key)
  }

  /** Gives up the candidate of this level. */
  drop(): void {
    const key = this.#levels.at(-1)?.key
    if (key !== undefined) this.#giveUp(key)
  }

  /** The candidate of this level, which is none any more, if a `:` here makes a key of it. */
  take(): SimpleKey | undefined {
    const key = this.#levels.at(-1)?.key
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
    const level = this.#levels.findLast((each) => each.key === key)
    if (level !== undefined) level.key = undefined
  }
}
