import type { Socket } from 'node:net'

import type { buildConnector, Dispatcher } from 'undici'

import type { Clock } from '../credential/clock.ts'
import type { Http2Probes } from './http2-probes.ts'
import { GetPool } from './undici-get-pool.ts'
import { ConnectionPool, type SingleClient } from './undici-pool.ts'
import type { SharedConnection, SharedConnectionOwner } from './undici-shared-connection.ts'

/** Clients for GET requests without a body, for a program that has leaner ones than undici's. */
export interface GetClients {
  /** Over HTTP/1.1, on one connection. */
  readonly single: (settings: GetSettings & SingleSettings) => SingleClient
  /** Over HTTP/2, on a connection that is there; undefined where that is out of the question. */
  readonly shared:
    | ((settings: GetSettings & SharedSettings, owner: SharedConnectionOwner) => SharedConnection)
    | undefined
}

/** What they have in common. */
export interface GetSettings {
  readonly origin: string
  /** How long an unused connection is kept, milliseconds. */
  readonly idleMs: number
  /** Largest head of a response, bytes. */
  readonly largestHead: number
  readonly clock: Clock
}

/** How a client of one connection makes it. */
export interface SingleSettings {
  readonly connect: buildConnector.connector
}

/** The connection that many requests share. */
export interface SharedSettings {
  readonly socket: Socket
  /** Most requests at a time until the server says how many; undefined when not known. */
  readonly mostAtOnce: number | undefined
}

/** What the connections need. */
export interface OpenGetsOptions extends GetSettings {
  /** Over HTTP/1.1. */
  readonly connect: buildConnector.connector
  /** Leaves it to the server which protocol it is. */
  readonly offerHttp2: buildConnector.connector
  readonly probes: Http2Probes
  /** Most connections. */
  readonly connections: number
  /** Longest time that a request waits for a connection, milliseconds; 0 for no limit. */
  readonly patienceMs: number
}

/** Connections for plain GET requests. */
export type GetConnections = GetPool | ConnectionPool

/** Opens no connection yet. */
export function openGets(
  { single, shared }: GetClients,
  { connect, offerHttp2, ...options }: OpenGetsOptions,
): GetConnections {
  const singles = (first?: Socket): ConnectionPool => {
    const connectNext = beginningWith(first, connect)
    return new ConnectionPool({
      ...options,
      open: () => single({ ...options, connect: connectNext }),
    })
  }
  if (shared === undefined || !options.origin.startsWith('https:')) return singles()
  return new GetPool({
    ...options,
    connect: offerHttp2,
    single: singles,
    share: (socket, owner, mostAtOnce) => shared({ ...options, socket, mostAtOnce }, owner),
  })
}

// Servers take less over HTTP/2 than over HTTP/1.1, and some refuse the connection for more.
const largestPlainHead = 16 * 1024

/** Whether it is a GET request as most are. */
export function isPlainGet({ method, path, headers, body }: Dispatcher.DispatchOptions): boolean {
  if (method !== 'GET' || (body !== null && body !== undefined)) return false
  let size = path.length
  // An exchange gives them as names and values in turn.
  for (const text of headers as readonly string[]) size += text.length
  return size <= largestPlainHead
}

/** A connector that has one connection already. */
function beginningWith(
  first: Socket | undefined,
  connect: buildConnector.connector,
): buildConnector.connector {
  let ready = first
  // Those that wait are sent at once; where none of them could be, it is nobody's.
  if (first !== undefined) setImmediate(() => ready?.destroy())
  return (target, callback) => {
    const socket = ready
    ready = undefined
    if (socket === undefined || socket.destroyed) connect(target, callback)
    else callback(null, socket)
  }
}
