import { isHost, isHostServed, isServed, type FilterRules } from './filter.ts'
import type { RequestHead } from './request-head.ts'
import { routeOf, type Routes } from './route.ts'
import { escaped, formsOf, readTarget } from './target.ts'

/** What is done with a request. */
export type Decision =
  | { readonly kind: 'refuse'; readonly statusCode: number; readonly words: string }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'files' }
  /** `path` is path and query to ask the API server for. */
  | { readonly kind: 'pass'; readonly path: string }

/** What a proxy serves, and to whom. */
export interface ServingRules {
  readonly routes: Routes
  /** Which requests for the API are served; undefined to serve all. */
  readonly rules: FilterRules | undefined
}

const badRequest: Decision = { kind: 'refuse', statusCode: 400, words: 'Bad Request' }
const notImplemented: Decision = {
  kind: 'refuse',
  statusCode: 501,
  words: 'Unsupported transfer encoding',
}
const forbidden: Decision = { kind: 'refuse', statusCode: 403, words: 'Forbidden' }
const notFound: Decision = { kind: 'refuse', statusCode: 404, words: '404 page not found' }

/**
 * Decides what is done with a request.
 *
 * @param url What stands in the request line.
 */
export function decide(
  method: string,
  url: string,
  head: RequestHead,
  { routes, rules }: ServingRules,
): Decision {
  const { hosts, origin, site, upgrade } = head
  // Of two hosts a filter could judge one only.
  if (hosts.length > 1 || !hosts.every(isHost)) return badRequest
  if (!head.isPlain) return notImplemented
  const target = readTarget(url)
  if (target.kind === 'invalid') return badRequest
  if (target.kind === 'redirect') return target
  const { path, query, host = hosts[0] ?? '' } = target
  const route = routeOf(path, routes)
  switch (route.kind) {
    case 'redirect':
      return { kind: 'redirect', location: route.location + query }
    case 'nothing':
      return notFound
    case 'files':
      return rules === undefined || isHostServed(host, rules) ? { kind: 'files' } : forbidden
    case 'api': {
      const paths = formsOf(route.path)
      const asked = { method, paths, host, origin, site, upgrade: upgrade !== undefined }
      if (rules !== undefined && !isServed(asked, rules)) return forbidden
      return { kind: 'pass', path: escaped(route.path) + query }
    }
  }
}
