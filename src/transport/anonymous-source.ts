import { createCredential } from '../credential/credential.ts'
import type { CredentialSource } from '../credential/source.ts'

/** What a transport needs of a source. */
export type SpentSource = Pick<
  CredentialSource,
  'current' | 'get' | 'rejected' | 'inUse' | 'onChange'
>

const nobody = createCredential({})

/** What a transport uses in place of its source when there is no TLS to keep a credential secret. */
export const anonymousSource: SpentSource = {
  current: () => nobody,
  get: () => Promise.resolve(nobody),
  rejected: () => Promise.resolve(nobody),
  inUse: () => () => undefined,
  onChange: () => () => undefined,
}
