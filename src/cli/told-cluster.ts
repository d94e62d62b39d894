import type { HttpsCluster } from '../doors/https.ts'
import type { Clock } from '../doors/index.ts'
import { requestLevel, whole } from './narrate.ts'
import { shownUrl } from './shown-url.ts'

/** What of a cluster requests need. */
export type AskedCluster = Pick<HttpsCluster, 'request' | 'url'>

/** Where to tell about requests, and from which level on. */
export interface Telling {
  readonly level: number
  readonly say: (line: string) => void
  readonly clock: Clock
}

/** The same cluster, with each request told of from level 6 on, as kubectl does; no body is. */
export function toldCluster(cluster: AskedCluster, { level, say, clock }: Telling): AskedCluster {
  if (level < requestLevel) return cluster
  return {
    url: (path) => cluster.url(path),
    async request(path, request = {}) {
      const startedAt = clock.now()
      const tell = (outcome: string): void => {
        const ms = whole(clock.now() - startedAt)
        const what = `${request.method ?? 'GET'} ${shownUrl(cluster.url(path))}`
        say(`${what} ${outcome} in ${ms} milliseconds`)
      }
      try {
        const response = await cluster.request(path, request)
        tell(`${response.statusCode} ${response.statusMessage}`)
        return response
      } catch (error) {
        tell('failed')
        throw error
      }
    },
  }
}
