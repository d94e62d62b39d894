import { headerName } from './header-name.ts'
import { isHopByHop, withoutNamed } from './hop-by-hop.ts'

/** Headers as undici has them: buffers or texts in turn, or an object on HTTP/2. */
export type ReceivedHeaders =
  | readonly (string | Buffer | readonly (string | Buffer)[])[]
  | Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * The headers of the server's answer as they go to the client, names and values in turn.
 *
 * @param without Names, in lower case, of those that are not true any more.
 */
export function returnedHeaders(received: ReceivedHeaders, without: readonly string[]): string[] {
  const raw = flatten(received)
  const flat: string[] = []
  let connection: string | undefined
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = [raw[index], raw[index + 1]]
    const lower = name.toLowerCase()
    if (lower === 'connection') connection = join(connection, value)
    if (isHopByHop(lower)) continue
    if (without.includes(lower)) continue
    flat.push(name === lower ? headerName(lower) : name, value)
  }
  return connection === undefined ? flat : withoutNamed(flat, connection)
}

/** What is not true any more of an answer that is decoded, or that has no body. */
export function untrueOf(statusCode: number, decoded: boolean): readonly string[] {
  if (decoded) return ['content-encoding', 'content-length']
  return statusCode === 204 ? ['content-length'] : []
}

/** Whether the headers of an answer, as an object, say that its body is compressed. */
export function isGzip({
  'content-encoding': encoding,
}: Readonly<Record<string, string | readonly string[] | undefined>>): boolean {
  return typeof encoding === 'string' && encoding.toLowerCase() === 'gzip'
}

/** Whether they say that the body is text as it comes, in lines that a reader can take one by one. */
export function isText({
  'content-type': type,
  'content-encoding': encoding,
}: Readonly<Record<string, string | readonly string[] | undefined>>): boolean {
  if (encoding !== undefined && encoding !== 'identity') return false
  return type === undefined || /^(?:text\/|application\/(?:[\w.-]+\+)?json)/iu.test(String(type))
}

/** Names and values in turn, whatever the version of HTTP they came with. */
export function flatten(received: ReceivedHeaders): string[] {
  const flat: string[] = []
  if (isList(received)) {
    for (let index = 0; index + 1 < received.length; index += 2) {
      const [name = '', value = ''] = [received[index], received[index + 1]]
      addEach(flat, latin1(name), value)
    }
  } else {
    for (const [name, value = []] of Object.entries(received)) addEach(flat, name, value)
  }
  return flat
}

type HeaderValue = string | Buffer | readonly (string | Buffer)[]

function addEach(flat: string[], name: string, value: HeaderValue): void {
  if (typeof value === 'string' || Buffer.isBuffer(value)) flat.push(name, latin1(value))
  else for (const one of value) flat.push(name, latin1(one))
}

function latin1(value: HeaderValue): string {
  if (typeof value === 'string') return value
  return Buffer.isBuffer(value) ? value.toString('latin1') : String(value)
}

function join(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before},${value}`
}

// Array.isArray does not narrow a readonly array out of a union.
function isList(
  received: ReceivedHeaders,
): received is Exclude<ReceivedHeaders, object & Record<string, unknown>> {
  return Array.isArray(received)
}
