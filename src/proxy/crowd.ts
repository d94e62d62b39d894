import type { ServerResponse } from 'node:http'
import type { Server as Listener } from 'node:net'

import type { ProxyRefusal } from './proxy-events.ts'

/** How many clients there is room for. */
export interface CrowdSettings {
  /** Most connections of clients. */
  readonly mostConnections: number
  /** How many more are taken to be told that there is no room; those beyond are closed at once. */
  readonly atTheDoor: number
  /** Has the whole process do nothing for so many milliseconds. */
  readonly standStill: (ms: number) => void
  /** Hears of each client that was turned away. */
  readonly turnedAway: () => void
}

/** A client's connection, as far as it matters whether it is needed. */
export interface ClientConnection {
  /** Since when no request is under way on it, as `monotonic` counts; undefined while one is. */
  readonly quietSince: number | undefined
  /** Whether a request has been answered on it. */
  readonly used: boolean
  destroy(): void
}

/** The clients of a moment. */
export interface CrowdCount {
  /** Their connections. */
  readonly connections: number
  /** Watches, follows and upgrades among them; each has a connection to the server for itself. */
  readonly streams: number
}

/**
 * Shares the connections that a proxy may have among its clients, so that few are turned away.
 *
 * Who has to wait is best left with the system, but Node takes each connection that comes, one in every
 * turn of its loop, and cannot be told to wait. So while many are open connections end with their
 * answers; one that nobody uses is closed for one that comes; and the less room is left for those that
 * ask or are about to, the longer is the turn that takes another.
 */
export class Crowd {
  readonly #settings: CrowdSettings | undefined

  constructor(settings: CrowdSettings | undefined) {
    this.#settings = settings
  }

  /** Has the listener take as many as there is room for beside so many streams. */
  limit(listener: Listener, streams: number): void {
    if (this.#settings === undefined) return
    const { atTheDoor } = this.#settings
    listener.maxConnections = this.#roomBeside(streams) + streams + atTheDoor
  }

  /** Whether these are more than there is room for. */
  isOver(count: CrowdCount): boolean {
    return this.#fullness(count) > 1
  }

  /** Whether connections should end with their answers: their clients lose nothing by that. */
  isTight(count: CrowdCount): boolean {
    return this.#fullness(count) > 0.75
  }

  /** Makes room for one that has come, and is counted in, or takes its time. False when there is none. */
  joined(count: CrowdCount, all: () => Iterable<ClientConnection>, now: number): boolean {
    if (this.#fullness(count) <= unhurried) return true
    const { longestQuiet, spared } = spare(all(), now)
    const ms = waitMs(this.#fullness({ ...count, connections: count.connections - spared }))
    if (ms > 0) this.#settings?.standStill(ms)
    if (!this.isOver(count)) return true
    longestQuiet?.destroy()
    return longestQuiet !== undefined
  }

  /** Tells a client that there is no room for it, so that client-go asks again by itself. */
  turnAway(response: ServerResponse): Pick<ProxyRefusal, 'statusCode' | 'words'> {
    this.#settings?.turnedAway()
    response.shouldKeepAlive = false
    response
      .writeHead(statusCode, {
        'Content-Type': 'application/json',
        'Content-Length': noRoom.length,
        'Retry-After': retryAfterSeconds,
      })
      .end(noRoom)
    return { statusCode, words }
  }

  /** How much of the room is taken, beside the streams. */
  #fullness({ connections, streams }: CrowdCount): number {
    return (connections - streams) / this.#roomBeside(streams)
  }

  #roomBeside(streams: number): number {
    return Math.max((this.#settings?.mostConnections ?? Infinity) - 2 * streams, 1)
  }
}

// A client that has just connected is about to ask.
const firstRequestMs = 10_000

/** Which connections can be spared at a time: how many, and the one that nobody has used for longest. */
export function spare<Connection extends ClientConnection>(
  connections: Iterable<Connection>,
  now: number,
): { readonly spared: number; readonly longestQuiet: Connection | undefined } {
  let longestQuiet: Connection | undefined
  let spared = 0
  for (const connection of connections) {
    const { quietSince, used } = connection
    if (quietSince === undefined || (!used && now - quietSince < firstRequestMs)) continue
    spared++
    if (quietSince < (longestQuiet?.quietSince ?? Infinity)) longestQuiet = connection
  }
  return { spared, longestQuiet }
}

const unhurried = 0.5
const longestWaitMs = 20

/**
 * How long to wait before the next connection is taken, milliseconds.
 *
 * @param needed How much of the room is: up to half of it there is no wait, then more and more.
 */
export function waitMs(needed: number): number {
  const beyond = Math.min(Math.max(needed - unhurried, 0) / (1 - unhurried), 1)
  return Math.round(longestWaitMs * beyond ** 2)
}

const statusCode = 429
const retryAfterSeconds = 1
// As the API server begins.
const words = 'Too many requests, please try again later: the proxy has no room for more clients'
const noRoom = `${JSON.stringify({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: words,
  reason: 'TooManyRequests',
  details: { retryAfterSeconds },
  code: statusCode,
})}\n`
