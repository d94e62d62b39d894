import { defaultPatterns } from '../proxy/default-rules.ts'
import type { FilterRules } from '../proxy/filter.ts'
import { usageError } from './command-error.ts'
import { parseWithUnit } from './duration.ts'
import type { Flag } from './flag.ts'

/** The flags of `kubecred proxy`; patterns are texts with commas between them. */
export interface ProxyFlags extends Partial<Readonly<Record<keyof FilterRules, string>>> {
  readonly port: string
  readonly address: string
  readonly unixSocket?: string
  readonly apiPrefix: string
  readonly appendServerPath?: boolean
  readonly disableFilter?: boolean
  /** Milliseconds. */
  readonly keepalive?: number
  readonly www?: string
  readonly wwwPrefix: string
  readonly http2?: boolean
  /** Milliseconds. */
  readonly rotationDrain?: number
  readonly metricsAddress?: string
}

/** How often a quiet upgraded connection is probed, if nobody says: as often as by Go. */
export const keepAliveMs = 15_000

/** How the command line has {@link ProxyFlags}. */
export const proxyFlags: readonly Flag[] = [
  {
    name: 'port',
    short: 'p',
    value: 'port',
    help: 'port to listen on; 0 picks one',
    preset: '8001',
  },
  { name: 'address', value: 'address', help: 'address to listen on', preset: '127.0.0.1' },
  {
    name: 'unix-socket',
    short: 'u',
    value: 'path',
    help: 'socket to listen on instead of a port; only you can use it',
  },
  {
    name: 'api-prefix',
    value: 'prefix',
    help: 'path below which the API is served; the server is asked without it',
    preset: '/',
  },
  {
    name: 'append-server-path',
    help: "put the path of the server's URL in the kubeconfig before that of each request",
  },
  {
    name: 'accept-hosts',
    value: 'patterns',
    help: `hosts that requests may be for (default: ${defaultPatterns.acceptHosts})`,
  },
  {
    name: 'accept-paths',
    value: 'patterns',
    help: `paths that are served (default: ${defaultPatterns.acceptPaths})`,
  },
  {
    name: 'reject-paths',
    value: 'patterns',
    help: `paths that are refused (default: ${defaultPatterns.rejectPaths})`,
  },
  { name: 'reject-methods', value: 'patterns', help: 'methods that are refused (default: none)' },
  { name: 'disable-filter', help: 'serve everything; any web page can then act as you' },
  {
    name: 'keepalive',
    value: 'duration',
    help: 'how often a quiet upgraded connection is probed: 30s, 1m; 0 for every 15s',
    read: readKeepalive,
  },
  { name: 'www', short: 'w', value: 'folder', help: 'folder of static files to serve as well' },
  {
    name: 'www-prefix',
    short: 'P',
    value: 'prefix',
    help: 'path below which static files are served',
    preset: '/static/',
  },
  {
    name: 'metrics-address',
    value: 'address',
    help: 'host:port to serve metrics for Prometheus on, at /metrics (default: nowhere)',
  },
  {
    name: 'rotation-drain',
    value: 'duration',
    help: 'how long what is open goes on after another client certificate: 1h, 90s, 0 for not at all; watches then end, all else is cut, upgrades stay (default: 1h)',
    read: readRotationDrain,
  },
  {
    name: 'http2',
    help: 'speak HTTP/2 to the server, if it does, for more than plain GET requests',
  },
]

function readRotationDrain(text: string): number {
  const ms = parseWithUnit(text)
  if (ms !== undefined) return ms
  throw usageError(
    `invalid argument "${text}" for "--rotation-drain" flag`,
    'give a number with its unit: 90s, 1h; 0 for at once',
  )
}

function readKeepalive(text: string): number {
  // Unlike that of --request-timeout, this one has a unit for kubectl, too.
  const ms = parseWithUnit(text)
  // Zero is the default for kubectl, too, whatever its help says of it.
  if (ms !== undefined) return ms === 0 ? keepAliveMs : ms
  throw usageError(
    `invalid argument "${text}" for "--keepalive" flag`,
    'give a number with its unit: 30s, 1m30s',
  )
}
