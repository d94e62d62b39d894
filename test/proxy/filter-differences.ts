import { posix } from 'node:path'

import type { Decision } from './decision.ts'
import type { RawRequest } from './raw-request.ts'

/** Where Kubecred means to decide otherwise than kubectl. */
export interface FilterDifference {
  readonly because: string
  /** Whether it may be about this request. */
  concerns(request: RawRequest): boolean
  /** Whether this is what was meant; never that Kubecred serves what kubectl does not. */
  allows(ours: Decision, theirs: Decision, request: RawRequest): boolean
}

/** All of them. */
export const intendedDifferences: readonly FilterDifference[] = [
  {
    because: 'a page of somebody else must not act as the user, not even by a WebSocket',
    concerns: ({ lines = [] }) => lines.some((line) => /^(?:Origin|Sec-Fetch-Site):/u.test(line)),
    allows: refuses(403),
  },
  {
    because: 'a server that decodes before it splits sees another path',
    concerns: ({ target }) => hasDisguise(target),
    allows: refuses(403),
  },
  {
    because: 'a host is the same in capitals, and [::1] is this machine on every port',
    concerns: ({ hosts: [host = ''], target }) =>
      /[A-Z]|^\[::1\]:\d*$/u.test(/^https?:\/\/([^/]*)/iu.exec(target)?.[1] ?? host),
    allows: serves,
  },
  {
    because: 'a pattern for the path that is a slash alone means it, too',
    concerns: ({ target }) => /^(?:https?:\/\/[^/]*)?\/(?:\?.*)?$/iu.test(target),
    allows: refuses(403),
  },
  {
    because: 'Node takes two spaces for one',
    concerns: ({ target }) => target.endsWith(' '),
    allows: (_ours, { status }) => status === 400,
  },
  {
    because: 'nothing tunnels through the proxy',
    concerns: ({ method }) => method === 'CONNECT',
    allows: refuses(405),
  },
  {
    because: 'without a path there is nothing to judge',
    concerns: ({ method, target }) => method === 'OPTIONS' && target === '*',
    allows: refuses(400),
  },
  {
    because: 'Node reads those methods only that it knows',
    concerns: ({ method }) => ['BREW', 'PRI', 'get', 'Post'].includes(method),
    allows: refuses(400),
  },
  {
    because: 'Node reads no request line beyond ASCII',
    concerns: ({ target }) => /[\u0080-\u00FF]/u.test(target),
    allows: refuses(400),
  },
  {
    because: 'what follows the colon of a host is a port, and brackets hold an IPv6 address',
    concerns: ({ hosts: [host = ''] }) => /:[^:]*[^\d\]:][^\]]*$|^\[[a-z]/u.test(host),
    allows: refuses(403),
  },
  {
    because: 'nobody asks a proxy for a user, another scheme, or a URL without a host',
    concerns: ({ target }) => /^\w+:/u.test(target) && !/^https?:\/\/[^/@]+(?:\/|$)/iu.test(target),
    allows: refuses(400, 403),
  },
  {
    because: 'kubectl encodes the path of a redirect once more, and drops an empty query',
    concerns: ({ target }) => /%|\?$/u.test(target),
    allows: ({ status, location = '' }, theirs) => {
      const [path = '', query = ''] = location.split(/\?(.*)/su)
      const again = path.replaceAll('%', '%25') + (query === '' ? '' : `?${query}`)
      return status === 301 && theirs.status === 301 && theirs.location === again
    },
  },
  {
    because: 'kubectl takes an encoded slash at the beginning for one too many',
    concerns: ({ target }) => /^\/%2F/iu.test(target),
    allows: (ours, theirs, { method, target }) =>
      theirs.status === 200 &&
      (ours.status === 403 ? ours.reached.length === 0 : ours.reached[0] === `${method} ${target}`),
  },
  {
    because: 'kubectl forgets which slashes were encoded where it has to encode something else',
    concerns: ({ target }) => /%2F.*["#<>\\^`{|}]/iu.test(target),
    allows: (ours, theirs) =>
      theirs.status === 200 && ours.reached.join().replaceAll('%2F', '/') === theirs.reached.join(),
  },
]

/** Kubecred serves what kubectl refuses, although it is for this machine. */
function serves({ status }: Decision, theirs: Decision): boolean {
  return theirs.status === 403 && status !== 403
}

/** Kubecred lets nothing through, and says so. */
function refuses(...statuses: readonly number[]): FilterDifference['allows'] {
  return ({ status, reached }) => reached.length === 0 && statuses.includes(status)
}

function hasDisguise(target: string): boolean {
  const path = target.replace(/^https?:\/\/[^/]*/iu, '').replace(/\?.*$/su, '')
  const decoded = path.replaceAll(/%2[EF]/giu, (code) => (/e/iu.test(code) ? '.' : '/'))
  return decoded !== path && posix.normalize(decoded) !== decoded
}
