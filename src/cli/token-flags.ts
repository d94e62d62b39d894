import { usageError } from './command-error.ts'
import { parseWithUnit } from './duration.ts'
import type { Flag } from './flag.ts'
import { retriesFlag, type RetryFlags } from './retry-flags.ts'

/** The flags that say what token is wanted. */
export interface TokenWishFlags extends RetryFlags {
  readonly audience?: readonly string[]
  /** Milliseconds, which may be below zero as they are typed; 0 for what the server gives. */
  readonly duration?: number
  readonly boundObjectKind?: string
  readonly boundObjectName?: string
  readonly boundObjectUid?: string
}

/** The flags of `kubecred token create`. */
export interface TokenCreateFlags extends TokenWishFlags {
  readonly output?: string
}

/** The flags of `kubecred token inspect`. */
export interface TokenInspectFlags extends TokenWishFlags {
  readonly serviceAccount?: string
  readonly output?: string
}

/** The formats of `kubecred token create -o`. */
export const tokenCreateFormats = ['json', 'yaml', 'name'] as const

/** The formats of `kubecred token inspect -o`. */
export const tokenInspectFormats = ['json', 'yaml'] as const

/** Kinds of objects that a token can be bound to, all of the core's v1. */
export const boundKinds: readonly string[] = ['Node', 'Pod', 'Secret']

const wishFlags: readonly Flag[] = [
  {
    name: 'audience',
    value: 'audience',
    help: 'whom the token is for, instead of the API server; may be repeated',
    repeated: true,
  },
  {
    name: 'duration',
    value: 'duration',
    help: "lifetime to ask for: 10m, 1h30m; 0 for the server's own, which may give another in any case",
    read: readDuration,
  },
  {
    name: 'bound-object-kind',
    value: 'kind',
    values: boundKinds,
    help: `kind of the object whose end ends the token: ${boundKinds.join(', ')}`,
  },
  { name: 'bound-object-name', value: 'name', help: 'name of that object' },
  {
    name: 'bound-object-uid',
    value: 'uid',
    help: 'UID that it must have; without it, the one that it has',
  },
]

/** How the command line has {@link TokenCreateFlags}. */
export const tokenCreateFlags: readonly Flag[] = [
  ...wishFlags,
  {
    name: 'output',
    short: 'o',
    value: 'format',
    values: tokenCreateFormats,
    help: 'json or yaml (the whole answer, with the token), or name',
  },
  retriesFlag,
]

/** How the command line has {@link TokenInspectFlags}. */
export const tokenInspectFlags: readonly Flag[] = [
  {
    name: 'service-account',
    value: 'name',
    help: 'get a new token of this ServiceAccount, and look at it; the flags below say of what kind',
  },
  {
    name: 'output',
    short: 'o',
    value: 'format',
    values: tokenInspectFormats,
    help: 'json or yaml',
  },
  ...wishFlags,
  retriesFlag,
]

/** How the command line has the flags of `kubecred token credential`. */
export const tokenCredentialFlags: readonly Flag[] = [...wishFlags, retriesFlag]

function readDuration(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  const ms = parseWithUnit(text.replace(/^-/u, ''))
  if (ms !== undefined) return sign * ms
  const why = /^[+-]?[\d.]+$/u.test(text) ? 'missing unit in duration' : 'invalid duration'
  const quoted = JSON.stringify(text)
  throw usageError(
    `invalid argument ${quoted} for "--duration" flag: time: ${why} ${quoted}`,
    'give a number with its unit: 10m, 1h30m',
  )
}
