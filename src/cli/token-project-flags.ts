import { usageError } from './command-error.ts'
import { parseWithUnit } from './duration.ts'
import type { Flag } from './flag.ts'

/** The flags of `kubecred token project`. */
export interface TokenProjectFlags {
  readonly serviceAccount?: string
  readonly dir?: string
  readonly audience?: string
  readonly expirationSeconds?: number
  readonly path?: string
  readonly spec?: string
  readonly once?: boolean
  /** Milliseconds; 0 for never. */
  readonly checkAccount?: number
  readonly fsUser?: number
  readonly fsGroup?: number
  readonly mode?: number
  readonly signal?: NodeJS.Signals
  readonly pid?: number
  readonly pidFile?: string
  readonly healthAddress?: string
  readonly metricsAddress?: string
}

const signals = ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGINT', 'SIGTERM'] as const

/** How the command line has {@link TokenProjectFlags}. */
export const tokenProjectFlags: readonly Flag[] = [
  { name: 'service-account', value: 'name', help: 'ServiceAccount whose token it is' },
  { name: 'dir', value: 'folder', help: 'folder to keep the files in; it has to exist' },
  {
    name: 'audience',
    value: 'audience',
    help: 'whom the token is for, instead of the API server',
  },
  {
    name: 'expiration-seconds',
    value: 'seconds',
    help: 'lifetime to ask for, from 600 up; the server may give another (default: 3600)',
    read: (text) => readWhole('--expiration-seconds', text, 600, 2 ** 32),
  },
  { name: 'path', value: 'path', help: 'where in the folder the token is (default: token)' },
  {
    name: 'spec',
    value: 'file',
    help: "projected volume source of a Pod, in YAML or JSON, in place of the pod's usual three files",
  },
  { name: 'once', help: 'write the files and end, as an init container does' },
  {
    name: 'check-account',
    value: 'duration',
    help: 'how often to look whether the ServiceAccount was made anew: 60s; needs the verb "get" on it (default: never)',
    read: readCheck,
  },
  {
    name: 'fs-user',
    value: 'uid',
    help: 'user who is to own the tokens, which nobody else may read then',
    read: (text) => readWhole('--fs-user', text, 0, 2 ** 32 - 2),
  },
  {
    name: 'fs-group',
    value: 'gid',
    help: 'group that may read all files',
    read: (text) => readWhole('--fs-group', text, 0, 2 ** 32 - 2),
  },
  {
    name: 'mode',
    value: 'mode',
    help: 'permissions of files that have none of their own: 0640 (default: 0600 for secrets, else 0644)',
    read: readMode,
  },
  {
    name: 'signal',
    value: 'signal',
    values: signals,
    help: 'signal to send after each change of the files (default: SIGHUP)',
    read: readSignal,
  },
  {
    name: 'pid',
    value: 'pid',
    help: 'process to send it to',
    read: (text) => readWhole('--pid', text, 2, 2 ** 31 - 1),
  },
  { name: 'pid-file', value: 'file', help: 'file with the number of the process to send it to' },
  {
    name: 'health-address',
    value: 'address',
    help: 'host:port to serve /healthz and /readyz on (default: nowhere)',
  },
  {
    name: 'metrics-address',
    value: 'address',
    help: 'host:port to serve metrics for Prometheus on, at /metrics (default: nowhere)',
  },
]

function readWhole(flag: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/u.test(text) && value >= least && value <= most) return value
  throw invalid(flag, text, `give a whole number from ${least} to ${most}`)
}

function readCheck(text: string): number {
  const ms = parseWithUnit(text)
  if (ms !== undefined && (ms === 0 || ms >= 1000)) return Math.round(ms)
  throw invalid('--check-account', text, 'give a number with its unit, 1s at least: 60s, 5m')
}

function readMode(text: string): number {
  if (/^0?[0-7]{3}$/u.test(text)) return Number.parseInt(text, 8)
  throw invalid('--mode', text, 'give it in octal, from 0000 to 0777: 0640')
}

function readSignal(text: string): NodeJS.Signals {
  const name = text.toUpperCase().replace(/^(?:SIG)?/u, 'SIG')
  const known = signals.find((each) => each === name)
  if (known !== undefined) return known
  throw invalid('--signal', text, `it can be ${signals.join(', ')}`)
}

function invalid(flag: string, text: string, hint: string): Error {
  return usageError(`invalid argument ${JSON.stringify(text)} for "${flag}" flag`, hint)
}
