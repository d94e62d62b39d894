import { Agent, request, type IncomingMessage } from 'node:http'
import { pipeline, type Duplex, type Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

import type { proxyClients } from '../cast.ts'
import type { SoakClient, SoakRequest, SoakResponse } from './client.ts'
import { ProxyProcess } from './proxy-process.ts'

/** What {@link ProxiedClient.open} takes. */
export interface ProxiedSettings {
  readonly name: (typeof proxyClients)[number]
  readonly kubeconfig: string
  /** Asked at the start of each process for what hears the lines that it prints. */
  readonly listen: () => (line: string) => void
  /** Added to the environment of the proxy. */
  readonly env?: Readonly<Record<string, string>>
}

/** Plain HTTP/1.1 with connections that are kept, to a `kubecred proxy`, which it owns. */
export class ProxiedClient implements SoakClient {
  readonly upgrades = true
  readonly #settings: ProxiedSettings
  #proxy: ProxyProcess
  #agent = newAgent()

  private constructor(settings: ProxiedSettings, proxy: ProxyProcess) {
    this.#settings = settings
    this.#proxy = proxy
  }

  static async open(settings: ProxiedSettings): Promise<ProxiedClient> {
    return new ProxiedClient(settings, await startProxy(settings))
  }

  get name(): ProxiedSettings['name'] {
    return this.#settings.name
  }

  get proxy(): ProxyProcess {
    return this.#proxy
  }

  async send({ method, path, headers, body, signal }: SoakRequest): Promise<SoakResponse> {
    const outgoing = this.#request(method, path, headers, signal)
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve)
      // Not once: an upload may fail again when its answer is there.
      outgoing.on('error', reject)
    })
    answered.catch(() => undefined)
    if (body === undefined || body instanceof Uint8Array) outgoing.end(body)
    else sendStream(body, outgoing)
    const response = await answered
    return { status: response.statusCode ?? 0, body: response }
  }

  async upgrade(
    path: string,
    headers: SoakRequest['headers'],
    signal: AbortSignal,
  ): Promise<Duplex> {
    const asking = { ...headers, connection: 'Upgrade', upgrade: 'echo' }
    const outgoing = this.#request('GET', path, asking, signal)
    outgoing.end()
    return await new Promise((resolve, reject) => {
      outgoing.once('upgrade', (_response, socket) => resolve(socket))
      outgoing.once('response', (response) => {
        const { statusCode = 0 } = response
        text(response).then((body) => reject(new Refusal(statusCode, body)), reject)
      })
      outgoing.on('error', reject)
    })
  }

  /** Lets go of the connections that are kept. */
  disconnect(): void {
    this.#agent.destroy()
    this.#agent = newAgent()
  }

  /** Ends the proxy and starts another. */
  async restart(): ReturnType<ProxyProcess['stop']> {
    const end = await this.#proxy.stop()
    this.#proxy = await startProxy(this.#settings)
    this.disconnect()
    return end
  }

  async close(): Promise<void> {
    this.#agent.destroy()
    await this.#proxy.stop()
  }

  #request(
    method: string,
    path: string,
    headers: SoakRequest['headers'],
    signal: AbortSignal,
  ): ReturnType<typeof request> {
    const { port } = this.#proxy
    return request({ port, host: '127.0.0.1', agent: this.#agent, method, path, headers, signal })
  }
}

/** An upgrade was answered like any other request. */
export class Refusal extends Error {
  readonly status: number
  readonly body: string

  constructor(status: number, body: string) {
    super(`the upgrade was answered with ${status}`)
    this.status = status
    this.body = body
  }
}

function newAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 16 })
}

async function startProxy({ kubeconfig, listen, env }: ProxiedSettings): Promise<ProxyProcess> {
  return await ProxyProcess.start(kubeconfig, listen(), env)
}

function sendStream(body: Readable, outgoing: ReturnType<typeof request>): void {
  pipeline(body, outgoing, () => undefined)
}
