import { constants } from 'node:http2'
import { setTimeout as pause } from 'node:timers/promises'

import type { FakeApiServer, LoggedRequest, Responder } from '../src/doors/testing.ts'
import { isClientName, type ClientName } from './cast.ts'
import type { Journal } from './journal.ts'
import type { RollCall } from './roll-call.ts'
import { contentOf, UploadLedger } from './upload-ledger.ts'

/** A request of the soak at the server. */
export interface Visit {
  readonly client: ClientName
  /** Path without its query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly request: LoggedRequest
  readonly respond: Responder
  /** Whether its connection has carried another request before. */
  readonly reused: boolean
}

/** Does something else with a request than to serve it; false leaves it alone. */
export type Disturbance = (visit: Visit) => boolean

/** What a client showed last. */
export interface LastShown {
  token?: string
  fingerprint?: string
}

/** What the soak's server does: it keeps the roll, disturbs where it is told to, and serves. */
export class Service {
  readonly ledger: UploadLedger = new UploadLedger()
  readonly lastShown: Map<ClientName, LastShown> = new Map()
  readonly #rollCall: RollCall
  readonly #journal: Journal
  readonly #connections = new Set<number>()
  readonly #retired = new Set<number>()
  #disturbances: readonly Disturbance[] = []

  constructor(server: FakeApiServer, journal: Journal, rollCall: RollCall) {
    this.#journal = journal
    this.#rollCall = rollCall
    server.intercept((request, respond) => this.#take(request, respond))
  }

  /** Adds a disturbance; the function that comes back takes it away. */
  disturb(disturbance: Disturbance): () => void {
    this.#disturbances = [disturbance, ...this.#disturbances]
    return () => {
      this.#disturbances = this.#disturbances.filter((each) => each !== disturbance)
    }
  }

  /** Nothing is done any more for what comes on the connection of this request. */
  retire({ request }: Visit): void {
    this.#retired.add(request.connectionId)
  }

  /**
   * Answers a request, unless its client is not known: that is the server's own affair.
   *
   * @param breakAt The piece of an answer with which it breaks off; it must have as many.
   */
  serve(visit: Visit, breakAt: number = Infinity): boolean {
    if (visit.request.user === undefined || !visit.path.startsWith('/soak/')) return false
    this.#answer(visit, breakAt).catch(() => {
      // The client has gone in the middle of its request.
    })
    return true
  }

  #take(request: LoggedRequest, respond: Responder): boolean {
    const client = request.headers['x-soak-client']
    if (!isClientName(client)) return false
    if (this.#retired.has(request.connectionId)) {
      // Whatever the GOAWAY has said of it: it is not carried out, and its client may know.
      respond.reset(constants.NGHTTP2_REFUSED_STREAM)
      return true
    }
    const reused = this.#connections.has(request.connectionId)
    this.#connections.add(request.connectionId)
    this.#callRoll(client, request)
    const [path = '', query = ''] = request.path.split('?')
    const visit = { client, path, query: new URLSearchParams(query), request, respond, reused }
    return this.#disturbances.some((disturb) => disturb(visit)) || this.serve(visit)
  }

  #callRoll(client: ClientName, request: LoggedRequest): void {
    const { authorization } = request.headers
    const fingerprint = request.clientCertificateFingerprint
    const wrong = this.#rollCall.see({
      client,
      startedAt: Number(request.headers['x-soak-started']),
      seenAt: performance.now(),
      user: request.user,
      authorization,
      fingerprint,
    })
    for (const what of wrong) this.#journal.breaks(what)
    const token = authorization?.replace(/^Bearer /u, '')
    this.lastShown.set(client, {
      ...(token === undefined ? {} : { token }),
      ...(fingerprint === undefined ? {} : { fingerprint }),
    })
  }

  async #answer(visit: Visit, breakAt: number): Promise<void> {
    const { path, respond, request } = visit
    switch (path) {
      case '/soak/echo':
        respond.reply({ statusCode: 200, body: { user: request.user ?? '' } })
        break
      case '/soak/upload':
        await this.carryOutUpload(visit)
        break
      case '/soak/download':
        await sendDownload(visit, breakAt)
        break
      default:
        await sendEvents(visit, breakAt)
    }
  }

  /** Takes an upload in, and answers it unless told otherwise. */
  async carryOutUpload({ request, respond }: Visit, answers = true): Promise<void> {
    const body = await respond.readBody()
    const { 'x-soak-key': key, 'x-soak-sha256': sha256 } = request.headers
    const wrong = this.ledger.carryOut(String(key), body, String(sha256))
    if (wrong !== undefined) this.#journal.breaks(wrong)
    if (answers) respond.reply({ statusCode: 200, body: { bytes: body.length } })
  }
}

const pieces = 8

async function sendDownload({ query, respond }: Visit, breakAt: number): Promise<void> {
  const bytes = Number(query.get('bytes'))
  const content = contentOf(query.get('name') ?? '', bytes)
  const headers = query.has('sized') ? { 'content-length': String(bytes) } : {}
  const out = respond.begin({ statusCode: 200, headers })
  const step = Math.ceil(bytes / pieces)
  for (let at = 0; at < bytes && !out.destroyed; at += step) {
    out.write(content.subarray(at, at + step))
    if (at / step >= breakAt) {
      respond.reset()
      return
    }
    await pause(Number(query.get('pauseMs')))
  }
  out.end()
}

async function sendEvents({ query, respond }: Visit, breakAt: number): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const out = respond.begin({ statusCode: 200, headers })
  const count = Number(query.get('events'))
  for (let number = 0; number < count && !out.destroyed; number++) {
    const line = `${JSON.stringify({ type: 'ADDED', object: { number } })}\n`
    // In two parts, so that an end between them is no end at a newline.
    out.write(line.slice(0, 10))
    await pause(10)
    if (number >= breakAt) {
      respond.reset()
      return
    }
    out.write(line.slice(10))
    await pause(Number(query.get('pauseMs')))
  }
  out.end()
}
