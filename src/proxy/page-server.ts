import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIPv4, isIPv6 } from 'node:net'

import { isHost, isHostServed, type FilterRules } from './filter.ts'
import { answerPlainly } from './plain-answer.ts'

/** What stands at a path at this moment. */
export interface Page {
  readonly statusCode: number
  readonly contentType: string
  readonly body: string
}

/** What a server of pages needs. */
export interface Pages {
  /** The pages by their paths, made when they are asked for. */
  readonly pages: ReadonlyMap<string, () => Page>
  /** Host names that requests may be for; undefined for any. Addresses always are. */
  readonly rules: Pick<FilterRules, 'acceptHosts'> | undefined
}

/**
 * Serves a few pages for monitoring, and nothing else; keeps no process alive.
 *
 * A page of a web site that has its own name point to this machine is refused, as by the proxy. A
 * request for an address cannot come from such a page, and is how Prometheus asks for a pod.
 */
export function createPageServer(served: Pages): Server {
  const server = createServer(serverOptions, (request, response) => {
    answer(request, response, served)
  })
  server.on('connection', (socket) => socket.unref())
  return server.unref()
}

// Longer than the time between two scrapes commonly is, so that these share a connection.
const serverOptions = { keepAliveTimeout: 120_000 }

function answer(
  { method = '', url = '', headers: { host = '' } }: IncomingMessage,
  response: ServerResponse,
  { pages, rules }: Pages,
): void {
  const page = pages.get(url.split('?', 1)[0] ?? '')
  if (!isHost(host)) {
    answerPlainly(response, 400, 'Bad Request')
  } else if (rules !== undefined && !isAddress(host) && !isHostServed(host, rules)) {
    answerPlainly(response, 403, 'Forbidden')
  } else if (page === undefined) {
    answerPlainly(response, 404, '404 page not found')
  } else if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    answerPlainly(response, 405, 'Method Not Allowed')
  } else {
    const { statusCode, contentType, body } = page()
    const bytes = Buffer.from(body)
    response
      .writeHead(statusCode, {
        'Content-Type': contentType,
        'Content-Length': bytes.length,
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
      })
      .end(bytes)
  }
}

/** Whether a `Host` header holds an address and no name. */
function isAddress(host: string): boolean {
  const inBrackets = /^\[(?<address>[^\]]*)\](?::\d*)?$/u.exec(host)?.groups?.['address']
  return inBrackets === undefined ? isIPv4(host.replace(/:\d*$/u, '')) : isIPv6(inBrackets)
}
