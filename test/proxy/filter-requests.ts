import type { RawRequest } from './raw-request.ts'
import {
  crookedPaths,
  encodedPaths,
  heads,
  hosts,
  methods,
  oddPaths,
  otherTargets,
  plainPaths,
  pod,
} from './request-parts.ts'

/** Requests that are sent to proxies with certain flags. */
export interface RequestTable {
  readonly flags: readonly string[]
  readonly requests: readonly RawRequest[]
}

// What tells one set of flags from another.
const byMethod = methods.filter((method) => method !== 'CONNECT').map((method) => ({ method }))
const byHost = [
  ...hosts.slice(0, 13),
  'api.internal',
  'api.internal:80',
  'evil.example',
  'Dev',
  'dev',
].map((host) => ({ hosts: [host] }))
const byPath = [
  ...['/', '/?a=b', '/version', '/version/', '/versions', '/api', '/api/v1/secrets', `${pod}/exec`],
  ...['/%61pi/v1/secrets', '/api%2Fv1/secrets', '/api//v1/secrets', '/api/v1/%73ecrets'],
  ...['/apix/..%2Fapi/v1/secrets', `${pod}/%65xec`, '/version%0A', '/version?/api/v1/secrets'],
].map((target) => ({ target }))
const anyOther = [
  {},
  { method: 'POST', target: '/api/v1/secrets', hosts: ['evil.example'] },
  { method: 'DELETE', target: `${pod}/exec` },
]

// What is left of a pattern that has a comma in it.
const bracedPaths = ['/a', '/aa', '/a%7B1', '/x2%7D', '/2%7D$', '/b', '/%20/b', '/x%20%5E/b'].map(
  (target) => ({ target }),
)

const everything = [
  ...byMethod,
  ...hosts.map((host) => ({ hosts: [host] })),
  ...[...plainPaths, ...encodedPaths, ...crookedPaths, ...oddPaths, ...otherTargets].map(
    (target) => ({ target }),
  ),
  ...otherTargets
    .filter((target) => target.startsWith('http'))
    .map((target) => ({ target, hosts: ['evil.example'] })),
  ...heads,
]

const unfiltered = [
  ...hosts.map((host) => ({ hosts: [host] })),
  ...[...oddPaths, ...otherTargets, ...crookedPaths.slice(0, 12)].map((target) => ({ target })),
  ...byPath,
  ...heads,
]

/** Every request that matters, for the flags that make it matter. */
export const requestTables: readonly RequestTable[] = [
  table([], everything),
  table(['--disable-filter'], unfiltered),
  table(['--disable-filter=1', '--reject-paths=^/version'], anyOther),
  table(['--disable-filter=false'], byPath),
  table(['--accept-paths=^/version$,^/api/'], byPath),
  table(['--accept-paths=^/'], byPath),
  table(['--accept-paths=^/$,^$'], byPath),
  table(['--accept-paths='], anyOther),
  table(['--accept-paths=^/api/', '--reject-paths=secrets'], byPath),
  table(['--reject-paths=^/api/v1/secrets,/exec$'], byPath),
  table(['--reject-paths=^/$'], byPath),
  table(['--reject-paths=^$'], byPath),
  table(['--reject-paths='], anyOther),
  table(['--reject-paths', ''], anyOther),
  table(['--reject-paths=^/nothing$,'], anyOther),
  table(['--reject-paths=^/a{1,2}$, ^/b'], bracedPaths),
  table(['--accept-hosts=^.*$'], [...hosts.map((host) => ({ hosts: [host] })), ...heads]),
  table([String.raw`--accept-hosts=^localhost$,^127\.0\.0\.1$,^\[::1\]$,\.internal$`], byHost),
  table(['--accept-hosts=^::1$,^Dev$'], byHost),
  table(['--accept-hosts=^localhost$', '--accept-hosts=^dev$'], byHost),
  table(['--accept-hosts=^*$'], anyOther),
  table(['--accept-hosts='], anyOther),
  table(['--reject-methods=POST,PUT,PATCH'], byMethod),
  table(['--reject-methods=^POST$'], byMethod),
  table(['--reject-methods='], anyOther),
]

function table(flags: readonly string[], requests: readonly Partial<RawRequest>[]): RequestTable {
  const usual = { method: 'GET', target: '/version', hosts: ['localhost:8001'] }
  return { flags, requests: requests.map((request) => ({ ...usual, ...request })) }
}
