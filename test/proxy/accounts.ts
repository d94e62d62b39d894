import type { LoggedRequest } from '../../src/doors/testing.ts'
import type { KubectlProcess } from './kubectl-process.ts'
import type { Way } from './ways.ts'

/** Everything that can be told of a run of kubectl: what it said, and what the server saw. */
export interface Account {
  readonly stdout: string
  readonly stderr: string
  readonly ended: number | NodeJS.Signals | null
  readonly requests: readonly object[]
}

/** Waits for a run of kubectl, and tells of it in words that do not depend on the way. */
export async function accountOf(way: Way, kubectl: KubectlProcess): Promise<Account> {
  const ended = await kubectl.ended
  const requests = way.server.requests.toSorted(byPath).map(seen)
  way.server.clearRequests()
  const words = (said: string): string =>
    said
      .replaceAll(way.address, 'SERVER')
      .replaceAll(/(127\.0\.0\.1:|connection for )\d+/gu, '$1PORT')
  return { stdout: words(kubectl.stdout()), stderr: words(kubectl.stderr()), ended, requests }
}

// kubectl looks at several API groups at once; those for one path keep their order.
function byPath(one: LoggedRequest, other: LoggedRequest): number {
  if (one.path === other.path) return 0
  return one.path < other.path ? -1 : 1
}

function seen(request: LoggedRequest): object {
  const { method, path, user, statusCode, bodyLength, bodySha256 } = request
  const headers = Object.entries(request.headers).filter(([name]) => !ofTheWay.has(name))
  const hash = bodyLength > 0 ? bodySha256 : undefined
  return { method, path, user, statusCode, bodyLength, hash, headers: Object.fromEntries(headers) }
}

const ofTheWay: ReadonlySet<string> = new Set([
  // These are what the proxy is for.
  'authorization',
  'host',
  'x-forwarded-for',
  // HTTP/1.1 has them, HTTP/2 has not.
  'connection',
  // Each run of kubectl has another.
  'kubectl-session',
  'sec-websocket-key',
])
