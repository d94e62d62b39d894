import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

import type { FakeApiServer } from '../../src/doors/testing.ts'
import { soonGone } from './stubborn-server.ts'

const upload = 'an upload that has to arrive '.repeat(50)
const paths = { asked: '/api/v1/namespaces/default', uploaded: '/echo' }

/** Has a server answer them so that the connections on which it does are gone soon after. */
export function answerSteadyClients(server: FakeApiServer): void {
  server.intercept(({ path, user, headers, httpVersion }, respond) => {
    // HTTP/2 has no such header.
    const more = httpVersion === '2.0' ? {} : { headers: soonGone }
    const answer = (): void => respond.reply({ statusCode: 200, ...more, body: {} })
    if (user === undefined) return false
    if (path === paths.asked) answer()
    else if (path !== paths.uploaded || headers['content-length'] === undefined) return false
    else void respond.readBody().then(answer, () => undefined)
    return true
  })
}

/** Clients of a proxy that ask again and again on connections that they keep. */
export class SteadyClients {
  /** Requests that were answered as they should be. */
  answered = 0
  /** What went wrong with the others. */
  readonly failures: string[] = []
  readonly #port: number
  readonly #agent: Agent
  readonly #running: readonly Promise<void>[]
  #stopped = false

  /** @param count How many ask at the same time. */
  constructor(port: number, count: number) {
    this.#port = port
    this.#agent = new Agent({ keepAlive: true, maxSockets: count })
    this.#running = Array.from({ length: count }, (_, index) => this.#keepAsking(index))
  }

  /** Waits until each has its answer, and asks no more. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#running)
    this.#agent.destroy()
  }

  async #keepAsking(index: number): Promise<void> {
    for (let number = index; !this.#stopped; number++) {
      const isUpload = number % 8 === 0
      try {
        const [status, body] = await this.#ask(isUpload)
        if (status === 200) this.answered++
        else this.failures.push(`${status}: ${body}`)
      } catch (error) {
        this.failures.push(String(error))
      }
    }
  }

  async #ask(isUpload: boolean): Promise<readonly [number | undefined, string]> {
    const asked = request({
      host: '127.0.0.1',
      port: this.#port,
      agent: this.#agent,
      method: isUpload ? 'POST' : 'GET',
      path: isUpload ? paths.uploaded : paths.asked,
    })
    asked.end(isUpload ? upload : undefined)
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    return [response.statusCode, await text(response)]
  }
}
