import type { GrantedLife } from '../src/token/token-schedule.ts'
import type { Tally } from './tally.ts'
import { isTouched, type ServerPlan } from './server.ts'

/** What is known of each token, and of what was promised of it; times are those of the server's clock. */
export class Ledger {
  readonly #server: ServerPlan
  readonly #tally: Tally
  // Zero: there is none.
  readonly #ends: Float64Array
  readonly #servedUntil: Float64Array
  readonly #wanted: Float64Array

  constructor(tokens: number, server: ServerPlan, tally: Tally) {
    this.#server = server
    this.#tally = tally
    this.#ends = new Float64Array(tokens)
    this.#servedUntil = new Float64Array(tokens)
    this.#wanted = new Float64Array(tokens)
  }

  /** Whether whoever asks at a moment gets the token that there is. */
  serves(token: number, atMs: number): boolean {
    return atMs <= (this.#servedUntil[token] ?? 0)
  }

  /** A token is to be renewed from now on; later looks change nothing. */
  want(token: number, atMs: number): void {
    if (this.#wanted[token] === 0) this.#wanted[token] = atMs
  }

  /** A token came. @param servedUntilMs The end of it, as far as the manager's clock tells. */
  granted(token: number, granted: GrantedLife, sentMs: number, servedUntilMs: number): void {
    this.#leave(token, sentMs, true)
    this.#ends[token] = granted.expiresAt
    this.#servedUntil[token] = servedUntilMs
    this.#wanted[token] = 0
  }

  /** Everything is forgotten. */
  forget(atMs: number): void {
    this.close(atMs)
    this.#ends.fill(0)
    this.#servedUntil.fill(0)
    this.#wanted.fill(0)
  }

  /** The run is over. */
  close(atMs: number): void {
    for (let token = 0; token < this.#ends.length; token++) this.#leave(token, atMs, false)
  }

  #leave(token: number, atMs: number, isRenewed: boolean): void {
    const ends = this.#ends[token] ?? 0
    if (ends === 0) return
    const served = Math.min(this.#servedUntil[token] ?? 0, atMs)
    const tally = this.#tally
    tally.servedLateMs = Math.max(tally.servedLateMs, served - ends)
    if (atMs > ends) tally.ended++
    if (!isRenewed) return
    const lifeMs = this.#server.lifeSeconds * 1000
    const isUndisturbed = !isTouched(this.#server, this.#wanted[token] ?? 0, atMs)
    tally.renewed(1 - (ends - atMs) / lifeMs, isUndisturbed)
  }
}
