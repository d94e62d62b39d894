import type { FakeApiServer } from '../../src/doors/testing.ts'
import type { StartedProxy } from './both-proxies.ts'
import { sendRaw, type RawRequest } from './raw-request.ts'

/** What a proxy made of a request. */
export interface Decision {
  readonly status: number
  /** What came to the API server: method and target of each request. */
  readonly reached: readonly string[]
  readonly location: string | undefined
  /** All that a client sees of a 403. */
  readonly refusal: readonly (string | undefined)[] | undefined
}

let asked = 0

/** Sends a request to a proxy, and tells what became of it. */
export async function decide(
  proxy: StartedProxy,
  request: RawRequest,
  server: FakeApiServer,
): Promise<Decision> {
  if (proxy.kind === 'refuses') throw new Error(`a proxy does not start: ${proxy.words}`)
  asked += 1
  // Both proxies are asked at once: this tells apart what comes to the server.
  const mark = String(asked)
  const lines = [...(request.lines ?? []), `X-Mark: ${mark}`]
  const { status, headers, body } = await sendRaw(proxy.port, { ...request, lines })
  const forbidden = [headers.get('content-type'), headers.get('x-content-type-options'), body]
  return {
    // What is 301 here is 307 in a kubectl that Go 1.26 or later has built.
    status: status === 307 ? 301 : status,
    reached: server.requests
      .filter((seen) => seen.headers['x-mark'] === mark)
      .map(({ method, path }) => `${method} ${path}`),
    location: headers.get('location'),
    refusal: status === 403 ? forbidden : undefined,
  }
}
