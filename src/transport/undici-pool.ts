import type { Dispatcher } from 'undici'

import type { Clock } from '../credential/clock.ts'
import type { Connections } from './generation.ts'
import { isOutOfFiles } from './undici-lost-request.ts'
import { looksWithoutMore, RequestLine } from './undici-request-line.ts'
import type { PatientHandler } from './undici-waiting-request.ts'

/** A client of one connection, which connects at its first request: undici's `Client`, for one. */
export interface SingleClient extends Pick<Connections, 'close' | 'destroy'> {
  readonly destroyed: boolean
  /** `size` is 0 when it has no request. */
  readonly stats: { readonly size: number }
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean
  /** `drain` says that it takes the next request. */
  on(event: 'connect' | 'disconnect' | 'connectionError' | 'drain', listener: () => void): unknown
}

/** What a {@link ConnectionPool} needs. */
export interface ConnectionPoolOptions {
  readonly open: () => SingleClient
  /** Most connections. */
  readonly connections: number
  /** Longest time that a request waits for a connection, milliseconds; 0 for no limit. */
  readonly patienceMs: number
  readonly clock: Clock
}

// So many are opened as requests come. More are no gain as long as these get through the work: at
// 64 connections a request over TLS takes a fifth more processor time than at 16.
const openedAtOnce = 16

// Handshakes at once: each takes the processor for milliseconds.
const openedTogether = 16

/**
 * Connections over HTTP/1.1 for ordinary requests, each with one request at a time. The one that was
 * used last is used first, so that those not needed fall idle and close.
 *
 * When all are busy a request waits a moment. More connections are opened only when those there are
 * fall behind: when twice in a row fewer requests were taken off the line than still stand in it.
 * That tells a server that is slow, where more connections help, from a processor that is busy, where
 * they would make it busier.
 */
export class ConnectionPool implements Connections {
  readonly #options: ConnectionPoolOptions
  readonly #all = new Set<Connection>()
  readonly #idle: Connection[] = []
  readonly #line: RequestLine
  #retired = false
  #fellBehind = false
  #noMoreBefore = 0

  constructor(options: ConnectionPoolOptions) {
    this.#options = options
    this.#line = new RequestLine({
      ...options,
      crowded: () => true,
      looked: (behind) => this.#looked(behind),
    })
  }

  /** Sends a request, now or when there is a connection. */
  dispatch(options: Dispatcher.DispatchOptions, handler: PatientHandler): true {
    const connection = this.#idle.pop() ?? this.#open(openedAtOnce)
    if (connection === undefined) {
      this.#line.push(options, handler)
      return true
    }
    let isBusy = false
    try {
      isBusy = send(connection, options, handler)
    } finally {
      // What a handler throws is its caller's; it must not cost the connection.
      if (!isBusy) this.#free(connection)
    }
    return true
  }

  /** Closes the connections that are idle, and each of the others once it has become so. */
  retire(): void {
    this.#retired = true
    for (const connection of [...this.#idle]) this.#drop(connection)
  }

  /** Closes the connections when their requests are done. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map(({ client }) => client.close()))
  }

  /** Closes them now; requests under way or waiting end with `error`. */
  async destroy(error: Error): Promise<void> {
    this.#line.stopLooking()
    this.#line.fail(error)
    await Promise.all([...this.#all].map(({ client }) => client.destroy(error)))
  }

  #open(most: number): Connection | undefined {
    if (this.#all.size >= Math.min(most, this.#options.connections)) return undefined
    if (this.#line.looks < this.#noMoreBefore && this.#all.size > 0) return undefined
    const client = this.#options.open()
    const connection: Connection = { client, connected: false, busy: false, used: false }
    this.#all.add(connection)
    client.on('drain', () => {
      if (connection.busy) this.#free(connection)
    })
    client.on('connect', () => {
      connection.connected = true
    })
    client.on('disconnect', () => {
      connection.connected = false
      connection.used = false
      if (!connection.busy) this.#drop(connection)
    })
    client.on('connectionError', (...args) => {
      if (args.some(isOutOfFiles)) this.#noMoreBefore = this.#line.looks + looksWithoutMore
      // Of some errors undici 7 does not recover.
      connection.busy = false
      this.#drop(connection)
      this.#openMore(Math.min(this.#line.length, 1))
    })
    return connection
  }

  /** It can take another request. */
  #free(connection: Connection): void {
    connection.busy = false
    for (let next = this.#line.shift(); next !== undefined; next = this.#line.shift()) {
      if (next.send((...request) => send(connection, ...request))) return
    }
    if (connection.connected && !this.#retired) this.#idle.push(connection)
    else this.#drop(connection)
  }

  #drop(connection: Connection): void {
    const place = this.#idle.indexOf(connection)
    if (place !== -1) this.#idle.splice(place, 1)
    this.#all.delete(connection)
    if (!connection.client.destroyed) void connection.client.close()
  }

  #looked(behind: boolean): void {
    if (behind && this.#fellBehind) this.#openMore(Math.min(this.#line.length, openedTogether))
    this.#fellBehind = behind
  }

  #openMore(count: number): void {
    for (let opened = 0; opened < count; opened++) {
      const connection = this.#open(this.#options.connections)
      if (connection === undefined) return
      this.#free(connection)
    }
  }
}

/** Sends a request. False when it was refused before it was begun, so that the connection is free. */
function send(
  connection: Connection,
  options: Dispatcher.DispatchOptions,
  handler: PatientHandler,
): boolean {
  const { client } = connection
  connection.busy = true
  handler.reused = connection.used
  connection.used = true
  client.dispatch(options, handler)
  return !handler.over || client.stats.size > 0
}

interface Connection {
  readonly client: SingleClient
  connected: boolean
  busy: boolean
  /** It has been given a request. */
  used: boolean
}
