import type { Flag } from './flag.ts'
import type { FilterRules } from './proxy-filter.ts'

/** The flags of `kubecred proxy`; patterns are texts with commas between them. */
export interface ProxyFlags extends Partial<Readonly<Record<keyof FilterRules, string>>> {
  readonly port: string
  readonly address: string
  readonly disableFilter?: boolean
}

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
    name: 'accept-hosts',
    value: 'patterns',
    help: 'hosts that requests may be for; else only this machine',
  },
  { name: 'accept-paths', value: 'patterns', help: 'paths that are served; else all' },
  {
    name: 'reject-paths',
    value: 'patterns',
    help: 'paths that are refused; else exec and attach of pods',
  },
  { name: 'reject-methods', value: 'patterns', help: 'methods that are refused; else none' },
  { name: 'disable-filter', help: 'serve everything; any web page can then act as you' },
]
