import { setTimeout as pause } from 'node:timers/promises'

import { isClientName } from './cast.ts'
import { Dice } from './dice.ts'
import type { FaultUnderWay } from './fault.ts'
import type { Planned } from './forecast.ts'
import type { Spell } from './oracle.ts'
import type { Traffic } from './traffic.ts'
import type { World } from './world.ts'

// What a client may still feel when a fault is over: a cooldown that began within it, or a retry.
const graceMs = { server: 1500, door: 2500, proxy: 8000 }
// Then everybody has to be well again within this time, on a busy machine as well.
const recoveryMs = 25_000
// Or within this time, where another fault befalls them meanwhile.
const longestRecoveryMs = 90_000
const mostAtOnce = 4
// A credential that is rejected before it has served for the first step of a cooldown is not renewed at
// once, and its 401 is the answer. That step is 0.3 s, and 1 s at a proxy.
const restMs = { door: 500, proxy: 1500 }
const lookMs = 50

/** Has the planned faults happen, each as soon as nothing is in its way. */
export class Weather {
  readonly #world: World
  readonly #traffic: Traffic
  readonly #claimed = new Set<string>()
  readonly #underWay = new Set<Promise<void>>()
  readonly #signal: AbortSignal

  /** @param signal Ends it early: what has begun is lifted, and nothing begins any more. */
  constructor(world: World, traffic: Traffic, signal: AbortSignal) {
    this.#world = world
    this.#traffic = traffic
    this.#signal = signal
  }

  /** Goes through the plan until the time is over, and lets everything blow over. */
  async blow(plan: Iterator<Planned>, forMs: number): Promise<void> {
    const until = performance.now() + forMs
    for (let next = plan.next(); next.done !== true; next = plan.next()) {
      await this.#wait(next.value.afterMs)
      const claims = next.value.fault.claims(next.value.target)
      while (!this.#mayBegin(claims) && !this.#isOver(until)) await this.#wait(lookMs)
      if (this.#isOver(until)) break
      this.#begin(next.value, claims)
    }
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  #isOver(until: number): boolean {
    return this.#signal.aborted || performance.now() > until
  }

  #mayBegin(claims: readonly string[]): boolean {
    return this.#underWay.size < mostAtOnce && !claims.some((claim) => this.#claimed.has(claim))
  }

  #begin(planned: Planned, claims: readonly string[]): void {
    for (const claim of claims) this.#claimed.add(claim)
    const over = this.#live(planned)
      .catch((error: unknown) => {
        this.#world.journal.breaks(`the fault "${planned.fault.name}" failed: ${String(error)}`)
      })
      .finally(() => {
        this.#underWay.delete(over)
        for (const claim of claims) void this.#release(claim)
      })
    this.#underWay.add(over)
  }

  async #release(claim: string): Promise<void> {
    if (isClientName(claim)) await this.#wait(claim === 'proxy' ? restMs.proxy : restMs.door)
    this.#claimed.delete(claim)
  }

  async #live({ fault, target, lastsMs, seed }: Planned): Promise<void> {
    const { journal } = this.#world
    journal.count(fault.name)
    const scene = {
      world: this.#world,
      traffic: this.#traffic,
      dice: new Dice(seed),
      pause: (ms: number) => this.#wait(ms),
    }
    const startedAt = performance.now()
    const underWay = await fault.begin(scene, target)
    const title = target === 'everybody' ? fault.name : `${fault.name} (${target})`
    const spell = journal.oracle.begin(title, underWay.excuses, startedAt)
    journal.note(`${title}: begins`)
    await this.#wait(lastsMs)
    await underWay.lift()
    journal.note(`${title}: ends`)
    await this.#recover(spell, underWay, graceOf(fault.claims(target), underWay))
  }

  /** Waits until those it has befallen are well; from then on it is no excuse. */
  async #recover(spell: Spell, { affected }: FaultUnderWay, grace: number): Promise<void> {
    const { journal } = this.#world
    const liftedAt = performance.now()
    const well = (): boolean =>
      affected.every((name) => journal.hasSucceededSince(name, liftedAt + grace))
    // Not shortened by an interruption: it takes no longer than the requests themselves.
    const patience = (): number =>
      affected.some((name) => journal.oracle.isExcused(name, spell))
        ? longestRecoveryMs
        : recoveryMs
    let untilMs = liftedAt + grace + recoveryMs
    while (!well() && performance.now() < untilMs) {
      if (this.#signal.aborted) break
      untilMs = Math.max(untilMs, liftedAt + grace + patience())
      await pause(lookMs)
    }
    spell.endedAt = performance.now()
    if (this.#signal.aborted) return
    for (const name of affected) {
      if (journal.hasSucceededSince(name, liftedAt + grace)) continue
      journal.breaks(`${name} is still not well after "${spell.fault}"`)
    }
  }

  async #wait(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#signal }).catch(() => undefined)
  }
}

function graceOf(claims: readonly string[], { affected, excuses }: FaultUnderWay): number {
  if (excuses.length === 0) return 0
  if (claims.includes('server')) return graceMs.server
  return affected.some((name) => name.includes('proxy')) ? graceMs.proxy : graceMs.door
}
