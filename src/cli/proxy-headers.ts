// They are about one connection, not about the request (RFC 9110, 7.6.1).
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

// `Host` is the upstream's own; `Expect` was answered by us.
const notForwarded = new Set([...hopByHop, 'host', 'expect', 'x-forwarded-for'])
const notReturned = new Set(hopByHop)

/** Headers as undici has them: buffers or texts in turn, or an object on HTTP/2. */
export type ReceivedHeaders =
  | readonly (string | Buffer | readonly (string | Buffer)[])[]
  | Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * The headers of a client's request as they go upstream, names and values in turn.
 *
 * @param raw Names and values in turn, as they came.
 * @param from Address of the client.
 */
export function forwardedHeaders(raw: readonly string[], from: string | undefined): string[] {
  const named = namedByConnection(raw)
  const flat: string[] = []
  const way: string[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = [raw[index], raw[index + 1]]
    const lower = name.toLowerCase()
    if (lower === 'x-forwarded-for') way.push(value)
    if (!notForwarded.has(lower) && !named.has(lower)) flat.push(name, value)
  }
  if (from !== undefined) flat.push('X-Forwarded-For', [...way, from].join(', '))
  return flat
}

/** The headers of the upstream's response as they go to the client, names and values in turn. */
export function returnedHeaders(received: ReceivedHeaders): string[] {
  const raw = flatten(received)
  const named = namedByConnection(raw)
  const flat: string[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = [raw[index], raw[index + 1]]
    const lower = name.toLowerCase()
    if (!notReturned.has(lower) && !named.has(lower)) flat.push(name, value)
  }
  return flat
}

/** Names and values in turn, whatever the version of HTTP they came with. */
export function flatten(received: ReceivedHeaders): string[] {
  if (!isList(received)) {
    return Object.entries(received).flatMap(([name, value = []]) =>
      (typeof value === 'string' ? [value] : value).flatMap((one) => [name, one]),
    )
  }
  const flat: string[] = []
  for (let index = 0; index + 1 < received.length; index += 2) {
    const name = String(received[index])
    for (const value of [received[index + 1] ?? ''].flat()) flat.push(name, latin1(value))
  }
  return flat
}

function namedByConnection(raw: readonly string[]): ReadonlySet<string> {
  const named = new Set<string>()
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if (raw[index]?.toLowerCase() !== 'connection') continue
    for (const name of (raw[index + 1] ?? '').split(',')) named.add(name.trim().toLowerCase())
  }
  return named
}

function latin1(value: string | Buffer): string {
  return typeof value === 'string' ? value : value.toString('latin1')
}

// Array.isArray does not narrow a readonly array out of a union.
function isList(
  received: ReceivedHeaders,
): received is Exclude<ReceivedHeaders, object & Record<string, unknown>> {
  return Array.isArray(received)
}
