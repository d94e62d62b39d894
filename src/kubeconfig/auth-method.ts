import type { AuthConfig } from './connection-config.ts'

/** What proves the user's identity; a client certificate may go along with any of them. */
export type AuthMethod = 'exec' | 'token-file' | 'token' | 'basic' | 'certificate' | 'none'

/**
 * The method that counts when an entry has several. Anything else than a plugin switches the plugin
 * off, as in client-go; a token file wins over the token beside it.
 */
export function authMethod(auth: AuthConfig): AuthMethod {
  if (auth.tokenFile !== '') return 'token-file'
  if (auth.token !== undefined) return 'token'
  if (auth.username !== '') return 'basic'
  if (auth.clientCertificate !== undefined && auth.clientKey !== undefined) return 'certificate'
  return auth.exec === undefined ? 'none' : 'exec'
}
