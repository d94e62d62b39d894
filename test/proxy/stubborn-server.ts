import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'

import type { FakeApiServer } from '../../src/doors/testing.ts'

type Interceptor = Parameters<FakeApiServer['intercept']>[0]

/** What a script can do to a request. */
export type Responder = Parameters<Interceptor>[1]

/** How the server treats requests below a path. */
type Script = (respond: Responder) => void

/**
 * Headers of an answer. undici keeps an idle connection two seconds less than this: those that the proxy
 * keeps for its next requests are gone soon, and one that stays open is one that it has forgotten.
 */
export const soonGone = { 'keep-alive': 'timeout=3' }

/** The ways in which the server does not answer as it should, by the first part of the path. */
const scripts: Readonly<Record<string, Script>> = {
  ok: (respond) => respond.reply({ statusCode: 200, headers: soonGone, body: 'well\n' }),
  silent: () => undefined,
  half: (respond) => {
    const headers = { 'content-length': String(2 ** 20), ...soonGone }
    respond.begin({ statusCode: 200, headers }).write(Buffer.alloc(100_000, 'h'))
  },
  // The proxy reads an answer as short as this to its end, and waits a second for it.
  short: (respond) => {
    const headers = { 'content-length': '1000', ...soonGone }
    respond.begin({ statusCode: 200, headers }).write(Buffer.alloc(500, 's'))
  },
  late: (respond) => {
    const headers = { 'content-length': '1000', ...soonGone }
    const out = respond.begin({ statusCode: 200, headers })
    out.write(Buffer.alloc(500, 's'))
    setTimeout(() => out.end(Buffer.alloc(500, 's')), 30)
  },
  chunked: (respond) => {
    respond.begin({ statusCode: 200, headers: soonGone }).write(Buffer.alloc(20_000, 'c'))
  },
  endless: (respond) => respond.endless({ statusCode: 200, headers: soonGone }),
  gzip: (respond) => {
    const headers = { 'content-encoding': 'gzip', ...soonGone }
    respond.begin({ statusCode: 200, headers }).write(halfOfGzip)
  },
  upload: (respond) => void respond.readBody().catch(() => undefined),
  chatty: (respond) => {
    respond.readBody().catch(() => undefined)
    respond.begin({ statusCode: 200, headers: soonGone }).write(Buffer.alloc(1000, 'c'))
  },
  early: (respond) => respond.reply({ statusCode: 413, headers: soonGone, body: 'too much\n' }),
}

// Random, so that half of it is half of what it stands for.
const halfOfGzip = gzipSync(randomBytes(200_000)).subarray(0, 100_000)

/**
 * Has a server that knows who asks answer by {@link scripts}, where there is one, and tells when a
 * request has come.
 */
export class StubbornServer {
  readonly #expected = new Map<string, (respond: Responder) => void>()

  constructor(server: FakeApiServer) {
    server.intercept(({ path, user }, respond) => {
      if (user === undefined) {
        respond.reply({ statusCode: 401, headers: soonGone, body: 'who?\n' })
        return true
      }
      this.#expected.get(path)?.(respond)
      this.#expected.delete(path)
      const script = scripts[path.split('/')[1] ?? '']
      script?.(respond)
      return script !== undefined
    })
  }

  /** Fulfilled when the next request for a path comes, before the script begins. */
  request(path: string): Promise<Responder> {
    return new Promise((resolve) => this.#expected.set(path, resolve))
  }
}
