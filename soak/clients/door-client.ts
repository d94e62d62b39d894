import type { Duplex } from 'node:stream'

import { upgrade } from 'undici'

import { connect as connectHttps, type HttpsCluster } from '../../src/doors/https.ts'
import { connect as connectUndici, type UndiciCluster } from '../../src/doors/undici.ts'
import type { DoorClient } from '../cast.ts'
import type { OffsetClock } from '../offset-clock.ts'
import type { SoakClient, SoakRequest, SoakResponse } from './client.ts'

/** How long a plugin of a client in this process may run. */
export const pluginDeadlineMs = 8000

/** What a client of this process is opened with. */
export interface DoorSettings {
  readonly name: DoorClient
  readonly kubeconfig: string
  readonly clock: OffsetClock
}

/** A client that uses the library in this process. It can be opened again after it was closed. */
export class DoorSoakClient implements SoakClient {
  readonly name: DoorClient
  readonly clock: OffsetClock
  readonly #kubeconfig: string
  #cluster: UndiciCluster | HttpsCluster

  private constructor(settings: DoorSettings, cluster: UndiciCluster | HttpsCluster) {
    this.name = settings.name
    this.clock = settings.clock
    this.#kubeconfig = settings.kubeconfig
    this.#cluster = cluster
  }

  static async open(settings: DoorSettings): Promise<DoorSoakClient> {
    return new DoorSoakClient(settings, await openCluster(settings))
  }

  get upgrades(): boolean {
    return 'dispatcher' in this.#cluster
  }

  async send({ method, path, headers, body, signal }: SoakRequest): Promise<SoakResponse> {
    const cluster = this.#cluster
    const request = { method, headers, signal, ...(body === undefined ? {} : { body }) }
    if (this.name === 'fetch' && 'fetch' in cluster) {
      const response = await cluster.fetch(path, { ...request, duplex: 'half' })
      return { status: response.status, body: response.body ?? empty() }
    }
    const { statusCode, body: answer } = await cluster.request(path, request)
    return { status: statusCode, body: answer }
  }

  async upgrade(
    path: string,
    headers: SoakRequest['headers'],
    signal: AbortSignal,
  ): Promise<Duplex> {
    const cluster = this.#cluster
    if (!('dispatcher' in cluster)) throw new TypeError(`${this.name} cannot switch protocols`)
    const { dispatcher } = cluster
    return (await upgrade(cluster.url(path), { headers, protocol: 'echo', signal, dispatcher }))
      .socket
  }

  async close(): Promise<void> {
    await this.#cluster.close()
  }

  /** Opens it anew. */
  async reopen(): Promise<void> {
    const { name, clock } = this
    this.#cluster = await openCluster({ name, clock, kubeconfig: this.#kubeconfig })
  }
}

async function openCluster({
  name,
  kubeconfig,
  clock,
}: DoorSettings): Promise<UndiciCluster | HttpsCluster> {
  const cooldown = { firstMs: 300, maxMs: 1000 }
  const deadlines = { deadlineMs: pluginDeadlineMs, aheadDeadlineMs: pluginDeadlineMs }
  const options = {
    kubeconfig,
    clock,
    renewal: { clock, cooldown, ...deadlines },
    plugin: { stderr: 'ignore' },
  } as const
  if (name === 'https' || name === 'pair-files') return await connectHttps(options)
  return await connectUndici({ ...options, http2: name === 'http2' })
}

async function* empty(): AsyncGenerator<Uint8Array> {}
