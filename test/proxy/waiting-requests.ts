import { setTimeout as sleep } from 'node:timers/promises'

import type { FakeApiServer, FakePlugin } from '../../src/doors/testing.ts'
import { until } from '../testing/until.ts'
import { atMost, type Rounds } from './at-most.ts'
import { head, RawClient } from './raw-client.ts'

// No wave lasts as long as the plugin runs, and no credential longer than from one to the next.
const waveLength = 125
const pluginMs = 1000
const lifetimeMs = 200

/** Requests that a proxy has to keep until its plugin has run, and that are given up meanwhile. */
export class WaitingRequests {
  /** Those that were given up before anything was answered. */
  unanswered = 0
  readonly #port: number
  readonly #api: FakeApiServer

  constructor(port: number, api: FakeApiServer) {
    this.#port = port
    this.#api = api
  }

  /** Prepares the plugin. */
  async slowDown(plugin: FakePlugin): Promise<void> {
    const issueFrom = { url: this.#api.pluginEndpoint, lifetimeMs }
    await plugin.behave({ delayMs: pluginMs, issueFrom })
  }

  /** Sends them and gives them up, wave after wave; the proxy gets a new credential for each. */
  async play({ first, count }: Rounds): Promise<void> {
    for (let number = first; number < first + count; number += waveLength) {
      // By a 401 the proxy hears in the first wave that it needs another credential, by the clock in
      // the others: a server that refused each new one would not be believed.
      if (number === first) await this.revokeCredential()
      else await this.#outliveCredential()
      await this.playWave(number)
    }
  }

  /** Sends a wave of them and gives them up. */
  async playWave(first: number): Promise<void> {
    await atMost(64, { first, count: waveLength }, (number) => this.#abortOne(number))
  }

  /** Has the server refuse the credential that the proxy uses now. */
  async revokeCredential(): Promise<void> {
    await this.#useCredential()
    const { headers } = this.#api.requests.at(-1) ?? {}
    this.#api.revoke(headers?.authorization?.replace('Bearer ', '') ?? '')
  }

  /** Has the proxy let go of a credential that soon ends, for one that its plugin gives now. */
  async renewCredential(): Promise<void> {
    await this.#outliveCredential()
    await this.#useCredential()
  }

  async #outliveCredential(): Promise<void> {
    await this.#useCredential()
    await sleep(lifetimeMs + 50)
  }

  async #useCredential(): Promise<void> {
    // On a busy machine two credentials in a row may end before they come to the server.
    await until(async () => {
      const client = new RawClient(this.#port)
      client.get('/ok/before')
      await client.until(() => /(?:well|who\?)\n$/u.test(client.text))
      await client.leave('close')
      return client.text.endsWith('well\n')
    })
  }

  async #abortOne(number: number): Promise<void> {
    const client = new RawClient(this.#port)
    client.send(requests[number % requests.length] ?? '')
    await sleep((number * 7) % 150)
    await client.leave(number % 3 === 0 ? 'reset' : 'close')
    if (client.bytes === 0) this.unanswered++
  }
}

const requests: readonly string[] = [
  head('GET', '/ok/waiting'),
  head('GET', '/api/v1/namespaces?watch=true'),
  `${head('POST', '/upload/waiting', ['Content-Length: 1000'])}half of it`,
  head('GET', '/silent/waiting', ['Connection: Upgrade', 'Upgrade: anything']),
]
