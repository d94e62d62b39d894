import { isIP } from 'node:net'

/**
 * What Go says of a certificate that is for other names: `x509: certificate is valid for a, not b`.
 *
 * @param error Node's `ERR_TLS_CERT_ALTNAME_INVALID`, which carries the certificate.
 * @param host The server, for an error that does not say which name was expected.
 */
export function nameMismatch(error: unknown, host: string): string {
  const { expected, alternatives } = partsOf(error)
  if (expected === undefined) return `x509: certificate is not valid for ${host}`
  const address = isIP(expected) !== 0
  const kind = address ? 'IP Address:' : 'DNS:'
  const names = alternatives
    .split(', ')
    .filter((alternative) => alternative.startsWith(kind))
    .map((alternative) => alternative.slice(kind.length))
  if (names.length > 0) return `x509: certificate is valid for ${names.join(', ')}, not ${expected}`
  return address
    ? `x509: cannot validate certificate for ${expected} because it doesn't contain any IP SANs`
    : `x509: certificate is not valid for any names, but wanted to match ${expected}`
}

function partsOf(error: unknown): { expected: string | undefined; alternatives: string } {
  const expected = textIn(error, 'host')
  const certificate = isObject(error) && 'cert' in error ? error.cert : undefined
  return { expected, alternatives: textIn(certificate, 'subjectaltname') ?? '' }
}

function textIn(value: unknown, name: 'host' | 'subjectaltname'): string | undefined {
  const entry = isObject(value) ? Object.entries(value).find(([key]) => key === name) : undefined
  return typeof entry?.[1] === 'string' ? entry[1] : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
