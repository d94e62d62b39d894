/**
 * Whether a token is but the beginning of one: the file in which it stands is being written. Pure.
 *
 * Tokens of one issuer begin alike, and those that are signed (JSON Web Tokens) end in a signature whose
 * length the key decides. So what is the beginning of the token before is cut off, and what shares the
 * header with it and has less of a signature, too.
 *
 * @param last The whole token that stood there before.
 */
export function isCutOff(token: string, last: string): boolean {
  if (token.length < last.length && last.startsWith(token)) return true
  const [header, , signature, ...more] = last.split('.')
  if (signature === undefined || more.length > 0) return false
  const parts = token.split('.')
  return parts[0] === header && (parts[2]?.length ?? 0) < signature.length
}
