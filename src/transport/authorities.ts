import { getCACertificates } from 'node:tls'

let known: readonly string[] | undefined

/**
 * The authorities that this machine trusts, as PEM: those of its system, which SSL_CERT_FILE and
 * SSL_CERT_DIR can replace, as for Go; where it has none, those that come with Node. With them those
 * of NODE_EXTRA_CA_CERTS. Read once: there are hundreds.
 */
export function machineAuthorities(): readonly string[] {
  if (known === undefined) {
    const system = getCACertificates('system')
    const chosen = system.length > 0 ? system : getCACertificates('bundled')
    known = [...chosen, ...getCACertificates('extra')]
  }
  return known
}
