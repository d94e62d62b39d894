import type { HttpsCluster, HttpsRequest, HttpsResponse } from '../doors/https.ts'
import type { Clock } from '../doors/index.ts'
import { CommandError } from './command-error.ts'
import { requestLevel, whole } from './narrate.ts'
import { shownUrl } from './shown-url.ts'

/** Where to tell about requests, and from which level on. */
interface Telling {
  readonly level: number
  readonly say: (line: string) => void
  readonly clock: Clock
}

// As Go's client, which counts the requests.
const mostRequests = 10

/** Sends a request; one that can be sent elsewhere without harm follows redirects, as in kubectl. */
export async function sendRequest(
  cluster: Pick<HttpsCluster, 'request' | 'url'>,
  { path, ...request }: HttpsRequest & { readonly path: string },
  telling: Telling,
): Promise<HttpsResponse> {
  let url = cluster.url(path)
  for (let requests = 1; ; requests++) {
    const response = await told(cluster, url, request, telling)
    const next = redirectOf(response, request.method, url)
    if (next === undefined) return response
    response.body.destroy()
    if (requests === mostRequests) {
      throw new CommandError(`stopped after ${mostRequests} redirects`, {
        hint: `the last one led to ${shownUrl(next)}`,
      })
    }
    url = next
  }
}

async function told(
  cluster: Pick<HttpsCluster, 'request'>,
  url: URL,
  request: HttpsRequest,
  { level, say, clock }: Telling,
): Promise<HttpsResponse> {
  if (level < requestLevel) return await cluster.request(url.href, request)
  const startedAt = clock.now()
  const tell = (outcome: string): void => {
    const ms = whole(clock.now() - startedAt)
    say(`${request.method ?? 'GET'} ${shownUrl(url)} ${outcome} in ${ms} milliseconds`)
  }
  try {
    const response = await cluster.request(url.href, request)
    tell(`${response.statusCode} ${response.statusMessage}`)
    return response
  } catch (error) {
    tell('failed')
    throw error
  }
}

function redirectOf(
  { statusCode, headers }: HttpsResponse,
  method: string | undefined,
  from: URL,
): URL | undefined {
  const { location } = headers
  if (location === undefined || ![301, 302, 303, 307, 308].includes(statusCode)) return undefined
  if (method !== undefined && method !== 'GET' && method !== 'HEAD') return undefined
  return URL.canParse(location, from.href) ? new URL(location, from) : undefined
}
