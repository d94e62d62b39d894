import { createCredential } from '../credential/credential.ts'
import type { CredentialSource } from '../credential/source.ts'

const nobody = createCredential({})

/** What a transport uses in place of its source when there is no TLS to keep a credential secret. */
export const anonymousSource: CredentialSource = {
  name: 'no credential without TLS',
  current: () => nobody,
  get: () => Promise.resolve(nobody),
  rejected: () => Promise.resolve(nobody),
  renew: () => Promise.resolve(nobody),
  close: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
}
