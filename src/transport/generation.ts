import type { Duplex } from 'node:stream'

import type { Clock, Timer } from '../credential/clock.ts'
import { callApart } from '../errors/call-apart.ts'
import { KubecredError } from '../errors/kubecred-error.ts'

/** The connections of one HTTP stack under one TLS identity. */
export interface Connections {
  /** Closes what is idle, and later what has become so: no new request will come. */
  retire(): void
  /** Closes what is idle, and what is busy when it has finished. */
  close(): Promise<void>
  /** Closes everything now; what is open ends with `error`. */
  destroy(error: Error): Promise<void>
}

/** How long what is open may go on when another identity has taken the place of its own. */
export interface DrainLimits {
  /** For responses, milliseconds. */
  readonly drainMs: number
  /** For connections that were upgraded, milliseconds; `Infinity` for as long as they like. */
  readonly upgradeDrainMs: number
}

// The rest of an event is on its way already when the deadline falls into it.
const lineMs = 5000

/**
 * The connections of one TLS identity. They are never used for another: a TLS session that is
 * resumed carries the identity it was made with, whatever certificate the client then holds.
 */
export class Generation<C extends Connections> {
  readonly connections: C
  readonly #inUse: () => () => void
  #leave: (() => void) | undefined
  #open = 0
  #retired = false
  #over = false
  #deadline: Timer | undefined
  #upgradeDeadline: Timer | undefined
  readonly #upgraded = new Set<Duplex>()
  /** Asks a watch to end, for each that is open. */
  readonly #watches = new Set<() => void>()
  /** Set from the deadline on, while watches get to the end of their line. */
  #cutWhenWatchesEnd: (() => void) | undefined
  readonly #gone = Promise.withResolvers<void>()

  /** @param inUse Called when something opens in it; what it gives, when nothing is, or it is retired. */
  constructor(connections: C, inUse: () => () => void) {
    this.connections = connections
    this.#inUse = inUse
  }

  /** Requests and upgraded connections that use it now. */
  get open(): number {
    return this.#open
  }

  /** Counts a request in. The function that comes back counts it out; further calls do nothing. */
  begin(): () => void {
    if (this.#open++ === 0) this.#leave = this.#inUse()
    let counted = true
    return () => {
      if (!counted) return
      counted = false
      if (--this.#open > 0) return
      this.#leave?.()
      if (this.#retired) void this.#finish()
      this.#settle()
    }
  }

  /**
   * Follows a response that can end in good order, and asks it to at the drain deadline, by `finish`.
   * The function that comes back says that it has ended.
   */
  watching(finish: () => void): () => void {
    this.#watches.add(finish)
    return () => {
      this.#watches.delete(finish)
      if (this.#watches.size === 0) this.#cutWhenWatchesEnd?.()
    }
  }

  /** Follows a connection that was upgraded, which the HTTP stack has let go of. */
  upgraded(socket: Duplex, end: () => void): void {
    this.#upgraded.add(socket)
    socket.once('close', () => {
      this.#upgraded.delete(socket)
      end()
    })
  }

  /**
   * Takes no new requests, and closes when the last one has ended or at the deadline. Upgraded
   * connections have a deadline of their own, or none, as in client-go: a shell may outlive the
   * certificate it began with. Fulfilled when nothing is left.
   */
  async retire({ drainMs, upgradeDrainMs }: DrainLimits, clock: Clock): Promise<void> {
    this.#retired = true
    this.#leave?.()
    if (this.#open === 0) void this.#finish()
    else {
      this.connections.retire()
      this.#deadline = clock.after(drainMs, () => {
        this.#endWatches(clock)
      })
      if (upgradeDrainMs < Infinity) {
        this.#upgradeDeadline = clock.after(upgradeDrainMs, () => {
          this.#cutUpgraded(drainedError('upgradeDrainMs'))
        })
      }
    }
    await this.#gone.promise
  }

  /** Closes everything now, upgraded connections included. */
  async destroy(error: Error): Promise<void> {
    this.#retired = true
    this.#leave?.()
    this.#cutUpgraded(error)
    await this.#cut(error)
  }

  /** Watches end at the end of a line, as if complete; what is left then is cut. */
  #endWatches(clock: Clock): void {
    const cut = (): void => void this.#cut(drainedError('drainMs'))
    this.#deadline = clock.after(lineMs, cut)
    // A handler of the caller's may throw; the others must not suffer.
    for (const finish of this.#watches) callApart(finish)
    this.#cutWhenWatchesEnd = cut
    if (this.#watches.size === 0) cut()
  }

  #cutUpgraded(error: Error): void {
    for (const socket of this.#upgraded) socket.destroy(error)
  }

  async #finish(): Promise<void> {
    if (this.#isOver()) return
    await this.connections.close()
    this.#settle()
  }

  async #cut(error: Error): Promise<void> {
    if (this.#isOver()) return
    await this.connections.destroy(error)
    this.#settle()
  }

  /** Whether it was over; from now on it is. */
  #isOver(): boolean {
    this.#deadline?.cancel()
    this.#cutWhenWatchesEnd = undefined
    const over = this.#over
    this.#over = true
    return over
  }

  #settle(): void {
    if (!this.#over || this.#open > 0) return
    this.#upgradeDeadline?.cancel()
    this.#gone.resolve()
  }
}

function drainedError(option: keyof DrainLimits): KubecredError {
  return new KubecredError(
    'ERR_DRAINED',
    'connection closed: its TLS identity was replaced and its time to finish is over',
    { hint: `send the request again; ${option} sets how long old connections may go on` },
  )
}
