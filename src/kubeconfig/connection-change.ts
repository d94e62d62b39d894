import { Secret } from '../credential/secret.ts'
import type { ConnectionConfig, PemSource, ServerConfig } from './connection-config.ts'

/**
 * How one configuration of a connection differs from another:
 * - `none`: not in what is sent, nor to whom;
 * - `settings`: another credential, certificate authority, proxy or the like for the same cluster;
 * - `cluster`: it may lead to another cluster. The address is another, and nothing shows that the
 *   same cluster has moved: a private certificate authority that stayed would.
 */
export type ConnectionChange = 'none' | 'settings' | 'cluster'

/** Compares two configurations. Contents of files that they name are not looked at. */
export function connectionChange(
  before: ConnectionConfig,
  after: ConnectionConfig,
): ConnectionChange {
  if (textOf(before) === textOf(after)) return 'none'
  return isSameCluster(before.server, after.server) ? 'settings' : 'cluster'
}

function isSameCluster(before: ServerConfig, after: ServerConfig): boolean {
  // Behind one gateway the name, or the path, says which cluster is meant.
  if (before.tlsServerName !== after.tlsServerName) return false
  if (before.url === after.url) return true
  if (new URL(before.url).pathname !== new URL(after.url).pathname) return false
  if (before.insecureSkipTlsVerify || after.insecureSkipTlsVerify) return false
  const [authority, other] = [before.certificateAuthority, after.certificateAuthority]
  // A path may hold another authority than it did.
  return authority?.kind === 'data' && other?.kind === 'data' && pemOf(authority) === pemOf(other)
}

/** All that counts, as text; it holds secrets, and so does not leave this file. */
function textOf({ server, auth }: ConnectionConfig): string {
  return JSON.stringify([server, auth], function plain(this: Record<string, unknown>, key, value) {
    const original = this[key]
    if (original instanceof Secret) return original.reveal()
    if (original instanceof Uint8Array) return Buffer.from(original).toString('base64')
    if (typeof original === 'bigint') return String(original)
    // What JSON.stringify asks about has no type.
    return value as unknown
  })
}

function pemOf(source: Extract<PemSource, { kind: 'data' }>): string {
  return Buffer.from(source.pem).toString('latin1').trim()
}
