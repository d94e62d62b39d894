// About one connection, not about the request (RFC 9110, 7.6.1).
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Whether a header, by its name in lower case, is about the connection that it came over. */
export function isHopByHop(lower: string): boolean {
  return hopByHop.has(lower)
}

// What nearly every `Connection` header says; nothing that names a header which is still there.
const plain = /^(?:keep-alive|close|upgrade)$/iu

/**
 * Headers, names and values in turn, without those that a `Connection` header names.
 *
 * @param connection Value of that header.
 */
export function withoutNamed(headers: string[], connection: string): string[] {
  if (plain.test(connection)) return headers
  const named = new Set(connection.split(',').map((name) => name.trim().toLowerCase()))
  return headers.filter((_, index) => !named.has(headers[index & ~1]?.toLowerCase() ?? ''))
}
