import type { Duplex } from 'node:stream'

import type { ClientCertificate } from '../credential/client-certificate.ts'
import type { Clock, Timer } from '../credential/clock.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'

/** The connections of one HTTP stack under one TLS identity. */
export interface Connections {
  /** Closes what is idle, and what is busy when it has finished. */
  close(): Promise<void>
  /** Closes everything now; what is open ends with `error`. */
  destroy(error: Error): Promise<void>
}

/**
 * The connections of one TLS identity. They are never used for another: a TLS session that is
 * resumed carries the identity it was made with, whatever certificate the client then holds.
 */
export class Generation<C extends Connections> {
  readonly connections: C
  #open = 0
  #retired = false
  #over = false
  #deadline: Timer | undefined
  readonly #upgraded = new Set<Duplex>()
  readonly #gone = Promise.withResolvers<void>()

  constructor(connections: C) {
    this.connections = connections
  }

  /** Requests and upgraded connections that use it now. */
  get open(): number {
    return this.#open
  }

  /** Counts a request in. The function that comes back counts it out; further calls do nothing. */
  begin(): () => void {
    this.#open++
    let counted = true
    return () => {
      if (!counted) return
      counted = false
      if (--this.#open > 0) return
      if (this.#retired) void this.#finish()
      this.#settle()
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
   * connections are not cut there, as in client-go: a shell may outlive the certificate it began
   * with. Fulfilled when nothing is left.
   */
  async retire(drainMs: number, clock: Clock): Promise<void> {
    this.#retired = true
    if (this.#open === 0) void this.#finish()
    else this.#deadline = clock.after(drainMs, () => void this.#cut(drainedError()))
    await this.#gone.promise
  }

  /** Closes everything now, upgraded connections included. */
  async destroy(error: Error): Promise<void> {
    this.#retired = true
    for (const socket of this.#upgraded) socket.destroy(error)
    await this.#cut(error)
  }

  async #finish(): Promise<void> {
    this.#deadline?.cancel()
    if (this.#over) return
    this.#over = true
    await this.connections.close()
    this.#settle()
  }

  async #cut(error: Error): Promise<void> {
    this.#deadline?.cancel()
    if (this.#over) return
    this.#over = true
    await this.connections.destroy(error)
    this.#settle()
  }

  #settle(): void {
    if (this.#over && this.#open === 0) this.#gone.resolve()
  }
}

function drainedError(): KubecredError {
  return new KubecredError(
    'ERR_DRAINED',
    'connection closed: its client certificate was replaced and its time to finish is over',
    { hint: 'send the request again; drainMs sets how long old connections may go on' },
  )
}

/** What {@link Generations} needs. */
export interface GenerationsOptions<C extends Connections> {
  /** Makes the connections of a TLS identity. */
  readonly open: (certificate: ClientCertificate | undefined) => C
  /** How long responses of a replaced identity may go on, milliseconds. */
  readonly drainMs: number
  readonly clock: Clock
  /** URL of the server, for events. */
  readonly server: string
}

/** Gives each TLS identity its own connections, and lets the old ones finish their work. */
export class Generations<C extends Connections> {
  readonly #options: GenerationsOptions<C>
  #current: { readonly identity: string; readonly generation: Generation<C> } | undefined
  readonly #retired = new Set<Generation<C>>()
  #closed: Error | undefined

  constructor(options: GenerationsOptions<C>) {
    this.#options = options
  }

  /**
   * The connections for requests with this certificate, or with none.
   *
   * @throws The error that they were destroyed with, if they were.
   */
  for(certificate: ClientCertificate | undefined): Generation<C> {
    if (this.#closed !== undefined) throw this.#closed
    const identity = certificate?.fingerprint ?? ''
    if (this.#current?.identity === identity) return this.#current.generation
    const old = this.#current?.generation
    const generation = new Generation(this.#options.open(certificate))
    this.#current = { identity, generation }
    if (old !== undefined) this.#rotate(old)
    return generation
  }

  /** Closes all connections now; what is open ends with `error`. */
  async destroy(error: Error): Promise<void> {
    this.#closed ??= error
    const all = [...this.#retired]
    if (this.#current !== undefined) all.push(this.#current.generation)
    this.#current = undefined
    await Promise.all(all.map((generation) => generation.destroy(error)))
  }

  #rotate(old: Generation<C>): void {
    const { drainMs, clock, server } = this.#options
    publish('kubecred:transport:rotation', () => ({ server, draining: old.open }))
    this.#retired.add(old)
    void old.retire(drainMs, clock).finally(() => this.#retired.delete(old))
  }
}
