import {
  nextCooldown,
  restOf,
  type Cooldown,
  type CooldownCause,
} from '../src/credential/cooldown.ts'
import type { Instant } from '../src/credential/instant.ts'
import { readManagerOptions, type TokenManagerSettings } from '../src/token/manager-options.ts'
import { placeOf, spreadLife } from '../src/token/token-schedule.ts'
import { Lines } from './lines.ts'
import { grant, isUp } from './server.ts'
import { epochMs, type Keeper, type World } from './world.ts'

const failed: CooldownCause = { kind: 'failed', error: undefined }
const failedAhead: CooldownCause = { kind: 'failed-ahead' }

/** What a `TokenManager` does where nothing else is said. */
export const settings: TokenManagerSettings = readManagerOptions({
  client: () => Promise.reject(new Error('nothing is sent here')),
})

/**
 * The managers of all nodes: schedule and cooldowns are the real ones, the gate follows the rules of the
 * real one. While the server fails, one token tries again after each cooldown, and the others wait in line.
 */
export class Kubecred implements Keeper {
  readonly #world: World
  readonly #places: Float64Array
  readonly #lines: Lines
  readonly #shut = new Map<number, Cooldown>()
  readonly #waking = new Set<number>()
  readonly #failures = new Map<number, Cooldown>()

  constructor(world: World) {
    const { tokens, nodes, server, firstToken, firstNode } = world
    this.#world = world
    this.#places = Float64Array.from({ length: tokens }, (_, token) =>
      placeOf(`node-${firstNode + (token % nodes)}`, `token-${firstToken + token}`),
    )
    this.#lines = new Lines(nodes, tokens, settings.maxInFlight, server.latencyMs)
  }

  look(token: number, atMs: number): void {
    const { ledger, nodes } = this.#world
    ledger.want(token, atMs)
    const node = token % nodes
    // Those that somebody waits for go, whatever happened to others.
    if (!this.#shut.has(node) || !ledger.serves(token, atMs)) {
      this.#send(token, node, this.#lines.turn(node, atMs))
      return
    }
    this.#lines.join(node, token, atMs)
    if (!this.#waking.has(node)) this.#probe(node, atMs)
  }

  wake(node: number, atMs: number): void {
    this.#waking.delete(node)
    const rest = restOf(this.#shut.get(node), instant(atMs))
    if (rest > 0) this.#wakeAt(node, atMs + rest)
    else this.#probe(node, atMs)
  }

  #probe(node: number, atMs: number): void {
    const token = this.#takePatient(node, atMs)
    if (token !== -1) this.#send(token, node, this.#lines.turn(node, atMs))
  }

  #wakeAt(node: number, atMs: number): void {
    if (this.#waking.has(node)) return
    this.#waking.add(node)
    this.#world.wheel.set(this.#world.tokens + node, atMs)
  }

  restart(): void {
    this.#lines.clear()
    this.#shut.clear()
    this.#waking.clear()
    this.#failures.clear()
  }

  #send(token: number, node: number, sentMs: number): void {
    const { tally, server } = this.#world
    tally.sent(sentMs)
    const gotMs = sentMs + server.latencyMs
    if (isUp(server, sentMs)) {
      this.#arrived(token, node, sentMs)
      if (this.#shut.delete(node)) this.#letAll(node, gotMs)
    } else {
      this.#failed(token, gotMs)
      this.#close(node, gotMs)
    }
  }

  #arrived(token: number, node: number, sentMs: number): void {
    const { wheel, looks, server, ledger, clockOffsets } = this.#world
    const granted = grant(server, sentMs)
    const gotMs = sentMs + server.latencyMs
    const toLocal = epochMs + (clockOffsets[node] ?? 0)
    const local = { ...granted, expiresAt: granted.expiresAt + epochMs }
    const life = spreadLife(local, this.#places[token] ?? 0, gotMs + toLocal)
    this.#failures.delete(token)
    ledger.granted(token, granted, sentMs, life.endsAt - toLocal)
    // As every credential: not due before the first step of a cooldown has passed.
    const dueMs = Math.max(life.dueAt - toLocal, gotMs + settings.renewal.cooldown.firstMs)
    wheel.set(token, looks.next(token, dueMs))
  }

  /** The next that has not stood in line for longer than it may. */
  #takePatient(node: number, atMs: number): number {
    for (;;) {
      const token = this.#lines.take(node)
      if (token === -1) return -1
      const givesUpMs = this.#lines.enteredAt(token) + settings.renewal.aheadDeadlineMs
      if (atMs < givesUpMs) return token
      this.#failed(token, givesUpMs)
    }
  }

  #letAll(node: number, fromMs: number): void {
    while (!this.#shut.has(node)) {
      const token = this.#takePatient(node, this.#lines.ready(node, fromMs))
      if (token === -1) return
      this.#send(token, node, this.#lines.turn(node, fromMs))
    }
  }

  #failed(token: number, atMs: number): void {
    const { wheel, looks, dice } = this.#world
    const before = this.#failures.get(token)
    const { cooldown } = settings.renewal
    const next = nextCooldown(cooldown, before, failedAhead, instant(atMs), dice.next())
    this.#failures.set(token, next)
    wheel.set(token, looks.next(token, next.until))
  }

  #close(node: number, atMs: number): void {
    const before = this.#shut.get(node)
    // Those that were on their way when it failed tell nothing new.
    if (restOf(before, instant(atMs)) > 0) return
    const policy = settings.renewal.cooldown
    const random = this.#world.dice.next()
    const cooldown = nextCooldown(policy, before, failed, instant(atMs), random)
    this.#shut.set(node, cooldown)
    this.#wakeAt(node, cooldown.until)
  }
}

function instant(atMs: number): Instant {
  return { now: atMs, monotonic: atMs }
}
