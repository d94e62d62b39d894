import type { Flag } from './flag.ts'

/** The flags of `kubecred credential`. */
export interface CredentialFlags {
  readonly output?: string
  readonly showSecrets?: boolean
}

/** The formats of `-o`. */
export const credentialFormats = ['json', 'yaml', 'exec-credential'] as const

/** How the command line has {@link CredentialFlags}. */
export const credentialFlags: readonly Flag[] = [
  {
    name: 'output',
    short: 'o',
    value: 'format',
    values: credentialFormats,
    help: 'json, yaml, or exec-credential (with the secrets)',
  },
  { name: 'show-secrets', help: 'show token and private key' },
]
