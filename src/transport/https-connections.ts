import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'

import { asError } from '../errors/kubecred-error.ts'
import type { Connections } from './generations.ts'
import type { ServerTarget } from './server.ts'
import type { TlsSettings } from './tls.ts'

/** What a request on {@link HttpsConnections} is made of. */
export interface RawRequest {
  readonly url: URL
  readonly method: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
}

/** Opens the byte stream under a connection, and gives up by itself. */
export type BoundDial = (target: {
  readonly host: string
  readonly port: number
}) => Promise<Duplex>

/** The connections of one TLS identity on `node:https`. */
export class HttpsConnections implements Connections {
  readonly #agent: http.Agent
  readonly #request: typeof http.request
  readonly #active = new Set<RunningRequest>()

  constructor(server: ServerTarget, settings: TlsSettings, dial: BoundDial | undefined) {
    const secure = new URL(server.url).protocol === 'https:'
    this.#request = secure ? https.request : http.request
    this.#agent = secure ? new IdentityAgent(settings, dial) : new http.Agent(keepAlive)
  }

  /** Begins a request; the caller writes its body. */
  begin({ url, method, headers }: RawRequest): RunningRequest {
    const request = this.#request(url, { method, agent: this.#agent })
    for (let index = 0; index + 1 < headers.length; index += 2) {
      request.appendHeader(headers[index] ?? '', headers[index + 1] ?? '')
    }
    const running = new RunningRequest(request)
    this.#active.add(running)
    request.once('close', () => this.#active.delete(running))
    return running
  }

  close(): Promise<void> {
    this.#agent.destroy()
    return Promise.resolve()
  }

  destroy(error: Error): Promise<void> {
    for (const running of this.#active) running.stop(error)
    this.#agent.destroy()
    return Promise.resolve()
  }
}

/** A request under way, or the response to it. */
export class RunningRequest {
  readonly request: http.ClientRequest
  #response: http.IncomingMessage | undefined

  constructor(request: http.ClientRequest) {
    this.request = request
    request.once('response', (response) => {
      this.#response = response
    })
  }

  /** Ends it with `error`, wherever it stands: Node tells the reader of a response only its own. */
  stop(error: Error): void {
    this.#response?.destroy(error)
    this.request.destroy(error)
  }
}

const keepAlive = { keepAlive: true, timeout: 90_000 } as const

// An agent of its own for each identity, with its own cache of TLS sessions: a resumed session
// carries the identity that it was made with.
class IdentityAgent extends https.Agent {
  readonly #settings: tls.ConnectionOptions
  readonly #dial: BoundDial | undefined

  constructor(settings: TlsSettings, dial: BoundDial | undefined) {
    const { servername, ...rest } = settings
    const defined = servername === undefined ? rest : { ...rest, servername }
    super({ ...keepAlive, ...defined })
    this.#settings = defined
    this.#dial = dial
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    if (this.#dial === undefined) return super.createConnection(options, callback)
    const host = options.host ?? 'localhost'
    this.#dial({ host, port: Number(options.port ?? 443) }).then(
      (socket) => {
        // Without a name of ours the host is asked for, but an address is no name to ask for.
        const servername = this.#settings.servername ?? (isIP(host) === 0 ? host : '')
        callback?.(null, tls.connect({ ...this.#settings, host, servername, socket }))
      },
      (error: unknown) => {
        const reason = asError(error)
        // Node's types want a stream beside the error; there is none.
        callback?.(reason, undefined as unknown as Duplex)
      },
    )
    return undefined
  }
}
