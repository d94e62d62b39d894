import { latestRenewal } from '../src/token/token-schedule.ts'
import { grant, isUp } from './server.ts'
import type { Keeper, World } from './world.ts'

const longestJitterMs = 10_000

/**
 * The kubelet's token manager: at a look a token is renewed when 80 % of its life have passed, or up to nine
 * seconds less, drawn anew each time. What fails is tried again at the next look, with no other limit.
 */
export class Kubelet implements Keeper {
  readonly #world: World
  /** By the server's clock. */
  readonly #latest: Float64Array

  constructor(world: World) {
    this.#world = world
    this.#latest = new Float64Array(world.tokens)
  }

  look(token: number, atMs: number): void {
    const { wheel, looks, tally, server } = this.#world
    if (!this.#requiresRefresh(token, atMs)) {
      wheel.set(token, looks.after(token, atMs))
      return
    }
    this.#world.ledger.want(token, atMs)
    tally.sent(atMs)
    if (isUp(server, atMs)) this.#arrived(token, atMs)
    else wheel.set(token, looks.after(token, atMs))
  }

  wake(): void {
    throw new Error('nothing wakes a kubelet')
  }

  restart(): void {
    this.#latest.fill(0)
  }

  #requiresRefresh(token: number, atMs: number): boolean {
    const { dice } = this.#world
    const jitterMs = Math.floor((dice.next() * longestJitterMs) / 1000) * 1000
    return atMs > (this.#latest[token] ?? 0) - jitterMs
  }

  #arrived(token: number, sentMs: number): void {
    const { wheel, looks, server, ledger, clockOffsets, nodes } = this.#world
    const granted = grant(server, sentMs)
    const offset = clockOffsets[token % nodes] ?? 0
    const latest = latestRenewal(granted) - offset
    this.#latest[token] = latest
    ledger.granted(token, granted, sentMs, granted.expiresAt - offset)
    const soonest = Math.max(latest - longestJitterMs, sentMs + server.latencyMs)
    wheel.set(token, looks.next(token, soonest))
  }
}
