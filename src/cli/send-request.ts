import type { HttpsRequest, HttpsResponse } from '../doors/https.ts'
import { CommandError } from './command-error.ts'
import { shownUrl } from './shown-url.ts'
import { toldCluster, type AskedCluster, type Telling } from './told-cluster.ts'

// As Go's client, which counts the requests.
const mostRequests = 10

/** Sends a request; one that can be sent elsewhere without harm follows redirects, as in kubectl. */
export async function sendRequest(
  cluster: AskedCluster,
  { path, ...request }: HttpsRequest & { readonly path: string },
  telling: Telling,
): Promise<HttpsResponse> {
  const told = toldCluster(cluster, telling)
  let url = told.url(path)
  for (let requests = 1; ; requests++) {
    const response = await told.request(url.href, request)
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
