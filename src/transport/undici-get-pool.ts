import type { Socket } from 'node:net'

import type { buildConnector, Dispatcher } from 'undici'

import type { Clock } from '../credential/clock.ts'
import { asError } from '../errors/kubecred-error.ts'
import type { Connections } from './generation.ts'
import type { Http2Probes } from './http2-probes.ts'
import { speaksHttp2 } from './undici-connector.ts'
import { isOutOfFiles } from './undici-lost-request.ts'
import type { ConnectionPool } from './undici-pool.ts'
import { endWhenSilent } from './undici-probes.ts'
import { looksWithoutMore, RequestLine } from './undici-request-line.ts'
import type { SharedConnection, SharedConnectionOwner } from './undici-shared-connection.ts'
import type { PatientHandler } from './undici-waiting-request.ts'

/** @param mostAtOnce How many requests it takes until the server says so; undefined when not known. */
export type ShareSocket = (
  socket: Socket,
  owner: SharedConnectionOwner,
  mostAtOnce: number | undefined,
) => SharedConnection

/** What a {@link GetPool} needs. */
export interface GetPoolOptions {
  readonly origin: string
  /** Offers the server both protocols. */
  readonly connect: buildConnector.connector
  /** Speaks HTTP/2 on a connection that is there. */
  readonly share: ShareSocket
  /** Connections over HTTP/1.1, of which the given one is the first. */
  readonly single: (first: Socket | undefined) => ConnectionPool
  /** Most connections. */
  readonly connections: number
  /** Longest time that a request waits for a connection, milliseconds; 0 for no limit. */
  readonly patienceMs: number
  readonly probes: Http2Probes
  readonly clock: Clock
}

/**
 * Connections for GET requests without a body: over HTTP/2 where the server speaks it, which its first
 * connection tells, and else over HTTP/1.1. One is opened when there is none, another when all have as
 * many requests as the server takes on one.
 */
export class GetPool implements Connections {
  readonly #options: GetPoolOptions
  readonly #target: buildConnector.Options
  readonly #shared = new Set<SharedConnection>()
  readonly #line: RequestLine
  /** Set when the server does not speak HTTP/2. */
  #single: ConnectionPool | undefined
  #opening = false
  /** What the server took on the last connection that said something. */
  #mostAtOnce: number | undefined
  #noMoreBefore = 0
  #retired = false
  /** Set when nothing may be opened any more. */
  #closing = false
  readonly #closed = Promise.withResolvers<void>()

  constructor(options: GetPoolOptions) {
    const { host, hostname, protocol, port } = new URL(options.origin)
    this.#options = options
    this.#target = { host, hostname, protocol, port }
    this.#line = new RequestLine({
      ...options,
      // The first connection has a limit of its own.
      crowded: () => !this.#opening || this.#shared.size > 0,
      looked: () => this.#serve(),
    })
  }

  /** Sends a request, now or when there is a connection. */
  dispatch(options: Dispatcher.DispatchOptions, handler: PatientHandler): true {
    if (this.#single !== undefined) return this.#single.dispatch(options, handler)
    const connection = this.#line.length === 0 ? this.#withRoom() : undefined
    if (connection !== undefined) send(connection, options, handler)
    else {
      this.#line.push(options, handler)
      this.#openIfNeeded()
    }
    return true
  }

  /** Closes the connections that are idle, and each of the others once it has become so. */
  retire(): void {
    this.#retired = true
    this.#single?.retire()
    // Those that wait still need one.
    if (this.#line.length === 0) this.#retireShared()
  }

  /** Closes the connections when their requests are done. */
  async close(): Promise<void> {
    this.#closing = true
    this.#retireShared()
    this.#closeIfDone()
    await Promise.all([this.#closed.promise, this.#single?.close()])
  }

  /** Closes them now; requests under way or waiting end with `error`. */
  async destroy(error: Error): Promise<void> {
    this.#closing = true
    this.#line.stopLooking()
    this.#line.fail(error)
    for (const connection of [...this.#shared]) connection.destroy(error)
    // One that is being made is closed when it is there.
    this.#closed.resolve()
    await this.#single?.destroy(error)
  }

  /** Whether those that there are will have room again. */
  get #canServe(): boolean {
    for (const { leaving } of this.#shared) if (!leaving) return true
    return false
  }

  #withRoom(): SharedConnection | undefined {
    for (const connection of this.#shared) if (connection.hasRoom) return connection
    return undefined
  }

  /** Gives those that wait to whatever has room. */
  #serve(): void {
    while (this.#line.length > 0) {
      const connection = this.#withRoom()
      if (connection === undefined) {
        this.#openIfNeeded()
        return
      }
      this.#line.shift()?.send((...request) => {
        send(connection, ...request)
        return true
      })
    }
    this.#line.stopLooking()
    if (this.#retired) this.#retireShared()
  }

  #openIfNeeded(): void {
    const { connections, connect } = this.#options
    if (this.#opening || this.#closing || this.#shared.size >= connections) return
    if (this.#line.looks < this.#noMoreBefore && this.#canServe) return
    // One that takes no request from its beginning would not be alone in that.
    for (const { busy, used } of this.#shared) if (!busy && !used) return
    this.#opening = true
    try {
      connect(this.#target, (error, socket) => {
        this.#opening = false
        if (error !== null) this.#notConnected(error)
        else this.#connected(socket)
      })
    } catch (error) {
      this.#opening = false
      this.#notConnected(asError(error))
    }
  }

  #connected(socket: Socket): void {
    if (this.#closing) {
      socket.destroy()
      this.#closeIfDone()
    } else if (speaksHttp2(socket)) {
      this.#share(socket)
      this.#serve()
    } else {
      this.#fallBack(socket)
    }
  }

  #notConnected(error: Error): void {
    this.#closeIfDone()
    if (this.#canServe) this.#noMoreBefore = this.#line.looks + looksWithoutMore
    // There may be more files at the next look, or sooner room on a connection that there is.
    else if (!isOutOfFiles(error)) this.#line.fail(error)
  }

  #share(socket: Socket): void {
    const { probes, clock, share } = this.#options
    const owner: SharedConnectionOwner = {
      changed: () => {
        this.#mostAtOnce = connection.mostAtOnce
        this.#serve()
      },
      gone: () => {
        this.#shared.delete(connection)
        this.#closeIfDone()
        this.#serve()
      },
    }
    const connection = share(socket, owner, this.#mostAtOnce)
    this.#shared.add(connection)
    endWhenSilent(socket, { ...probes, clock, ask: () => connection.ping() })
  }

  #fallBack(socket: Socket): void {
    const waiting = this.#line.take()
    this.#line.stopLooking()
    if (waiting.length === 0) socket.destroy()
    const single = this.#options.single(waiting.length === 0 ? undefined : socket)
    this.#single = single
    this.#retireShared()
    for (const request of waiting) request.send((...given) => single.dispatch(...given))
    if (this.#retired) single.retire()
  }

  #retireShared(): void {
    for (const connection of [...this.#shared]) connection.retire()
  }

  #closeIfDone(): void {
    if (this.#closing && this.#shared.size === 0 && !this.#opening) this.#closed.resolve()
  }
}

function send(
  connection: SharedConnection,
  options: Dispatcher.DispatchOptions,
  handler: PatientHandler,
): void {
  handler.reused = connection.used
  connection.dispatch(options, handler)
}
