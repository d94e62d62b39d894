import type http from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { inspect } from 'node:util'

import type { Clock } from '../credential/clock.ts'
import { asError } from '../errors/kubecred-error.ts'
import type { DialTo } from './dial.ts'
import type { Connections } from './generation.ts'
import type { Forward, Passage } from './passage.ts'
import type { ServerTarget } from './server.ts'
import { limitHandshake } from './handshake.ts'
import { idleMs, probeAfterMs } from './keep-alive.ts'
import { serverNameOf, type TlsSettings } from './tls.ts'

// Not imported: an import shows all that node:http exports, with it Node's WebSocket, and loading
// that takes as long as starting Node.
const { Agent: HttpAgent, request: httpRequest } = process.getBuiltinModule('node:http')

/** What a request on {@link HttpsConnections} is made of. */
export interface RawRequest {
  readonly url: URL
  readonly method: string
  /** Names and values in turn, framing included. */
  readonly headers: readonly string[]
}

type AgentDial = (to: DialTo) => Promise<Duplex>

/** The connections of one TLS identity on `node:https`. */
export class HttpsConnections implements Connections {
  readonly #agent: http.Agent
  readonly #request: typeof http.request
  readonly #active = new Set<RunningRequest>()
  readonly #closing = new AbortController()
  readonly #forward: Forward | undefined

  constructor(
    server: ServerTarget,
    settings: TlsSettings,
    { dial, forward }: Passage,
    clock: Clock,
  ) {
    const secure = new URL(server.url).protocol === 'https:'
    this.#request = secure ? httpsRequest : httpRequest
    this.#forward = forward
    const { signal } = this.#closing
    const bound = dial && ((to: DialTo) => dial(to, signal))
    this.#agent = secure ? new IdentityAgent(settings, bound, clock) : new PlainAgent(bound)
  }

  /**
   * Begins a request; the caller writes its body.
   *
   * @throws TypeError for a header that cannot be sent; nothing is open then.
   */
  begin({ url, method, headers }: RawRequest): RunningRequest {
    const options = { method, agent: this.#agent, ...this.#addressed(url, headers) }
    const request = this.#request(url, options)
    const running = new RunningRequest(request)
    this.#active.add(running)
    request.once('close', () => this.#active.delete(running))
    return running
  }

  #addressed(url: URL, headers: readonly string[]): http.RequestOptions {
    if (this.#forward === undefined) return { headers }
    const path = `${this.#forward.origin}${url.pathname}${url.search}`
    return { path, headers: [...headers, ...this.#forward.headers] }
  }

  retire(): void {
    // Node asks before it keeps a connection.
    Object.defineProperty(this.#agent, 'keepSocketAlive', { value: () => false })
    for (const idle of Object.values(this.#agent.freeSockets)) {
      for (const socket of idle ?? []) socket.destroy()
    }
  }

  close(): Promise<void> {
    this.#agent.destroy()
    return Promise.resolve()
  }

  destroy(error: Error): Promise<void> {
    this.#closing.abort(error)
    for (const running of this.#active) running.stop(error)
    this.#agent.destroy()
    return Promise.resolve()
  }
}

/** A request under way, or the response to it. */
export class RunningRequest {
  readonly request: http.ClientRequest
  #response: http.IncomingMessage | undefined
  #onStop: (error: Error) => void = () => undefined

  constructor(request: http.ClientRequest) {
    this.request = request
    // It holds the token, and a response leads to it.
    hide(request, 'ClientRequest')
    request.once('response', (response) => {
      hide(response, 'HttpsBody')
      this.#response = response
    })
  }

  /** Tells of {@link stop}: a request that waits for its connection says nothing of its end. */
  onStop(then: (error: Error) => void): void {
    this.#onStop = then
  }

  /** Ends it with `error`, wherever it stands: Node tells the reader of a response only its own. */
  stop(error: Error): void {
    this.#response?.destroy(error)
    this.request.destroy(error)
    this.#onStop(error)
  }
}

function hide(thing: object, name: string): void {
  Object.defineProperty(thing, inspect.custom, { value: () => `${name} {}` })
}

const keepAlive = { keepAlive: true, keepAliveMsecs: probeAfterMs, timeout: idleMs } as const

type Created = (error: Error | null, stream: Duplex) => void

// An agent of its own for each identity, with its own cache of TLS sessions: a resumed session
// carries the identity that it was made with.
class IdentityAgent extends HttpsAgent {
  readonly #settings: Omit<ConnectionOptions, 'servername'>
  readonly #serverName: string | undefined
  readonly #dial: AgentDial | undefined
  readonly #clock: Clock

  constructor({ servername, ...settings }: TlsSettings, dial: AgentDial | undefined, clock: Clock) {
    super({ ...keepAlive, ...settings })
    this.#settings = settings
    this.#serverName = servername
    this.#dial = dial
    this.#clock = clock
  }

  override createConnection(
    options: RequestOptions,
    callback?: Created,
  ): Duplex | null | undefined {
    const host = options.host ?? 'localhost'
    // Always ours: Node would verify the name that a caller's Host header gives.
    const servername = this.#serverName ?? serverNameOf(host)
    if (this.#dial === undefined) {
      const stream = super.createConnection({ ...options, servername }, callback)
      return limitHandshake(probed(stream), this.#clock)
    }
    const settings = { ...this.#settings, host, servername }
    const to = { host, port: Number(options.port ?? 443) }
    connectOver(this.#dial, to, callback, (socket) =>
      limitHandshake(connectTls({ ...settings, socket }), this.#clock),
    )
    return undefined
  }
}

// Node 22 forgets what its agent was told of this when the connection is one of TLS.
function probed<S extends Duplex | null | undefined>(stream: S): S {
  if (stream instanceof Socket) stream.setKeepAlive(true, probeAfterMs)
  return stream
}

class PlainAgent extends HttpAgent {
  readonly #dial: AgentDial | undefined

  constructor(dial: AgentDial | undefined) {
    super(keepAlive)
    this.#dial = dial
  }

  override createConnection(
    options: http.ClientRequestArgs,
    callback?: Created,
  ): Duplex | null | undefined {
    if (this.#dial === undefined) return super.createConnection(options, callback)
    const to = { host: options.host ?? 'localhost', port: Number(options.port ?? 80) }
    connectOver(this.#dial, to, callback, (socket) => socket)
    return undefined
  }
}

function connectOver(
  dial: AgentDial,
  to: DialTo,
  callback: Created | undefined,
  wrap: (stream: Duplex) => Duplex,
): void {
  const fail = (error: unknown): void => {
    // Node's types want a stream beside the error; there is none.
    callback?.(asError(error), undefined as unknown as Duplex)
  }
  dial(to).then((stream) => {
    let wrapped: Duplex
    try {
      wrapped = wrap(stream)
    } catch (error) {
      stream.destroy()
      fail(error)
      return
    }
    callback?.(null, wrapped)
  }, fail)
}
