import { isHopByHop, withoutNamed } from './hop-by-hop.ts'

/** What a client's request says of itself in its headers, and the headers to send on. */
export interface RequestHead {
  /** Every `Host` that it came with; more than one is a trick. */
  readonly hosts: readonly string[]
  /** Where the page comes from that sent it; undefined when no browser says so. */
  readonly origin: string | undefined
  /** `Sec-Fetch-Site`: how that page stands to this server. */
  readonly site: string | undefined
  readonly hasBody: boolean
  /** Whether the body comes in no encoding that we would have to undo. */
  readonly isPlain: boolean
  /** Protocol to switch to, when it asks for that. */
  readonly upgrade: string | undefined
  /** Whether it leaves to us in what encoding the answer comes, and wants all of it. */
  readonly anyEncoding: boolean
  /** Names and values in turn, without those of the client's connection. */
  readonly forwarded: string[]
}

/**
 * Reads the headers of a client's request, in one pass: this is done for every request.
 *
 * @param raw Names and values in turn, as they came.
 * @param from Address of the client; undefined for a socket in the file system.
 */
export function readRequestHead(raw: readonly string[], from: string | undefined): RequestHead {
  const hosts: string[] = []
  let forwarded: string[] = []
  const way: string[] = []
  let connection: string | undefined
  let origin: string | undefined
  let site: string | undefined
  let upgrade: string | undefined
  let hasBody = false
  let isPlain = true
  let anyEncoding = true
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = [raw[index], raw[index + 1]]
    const lower = name.toLowerCase()
    switch (lower) {
      case 'host':
        hosts.push(value)
        continue
      case 'connection':
        connection = connection === undefined ? value : `${connection},${value}`
        continue
      case 'upgrade':
        upgrade = value
        continue
      case 'transfer-encoding':
        hasBody = true
        isPlain &&= value.toLowerCase() === 'chunked'
        continue
      // The server of this proxy has answered it.
      case 'expect':
        continue
      case 'x-forwarded-for':
        way.push(value)
        continue
      case 'content-length':
        hasBody ||= value !== '0'
        break
      case 'origin':
        origin = value
        break
      case 'sec-fetch-site':
        site = value
        break
      case 'accept-encoding':
      case 'range':
        anyEncoding = false
        break
      default:
        if (isHopByHop(lower)) continue
    }
    forwarded.push(name, value)
  }
  if (connection !== undefined) forwarded = withoutNamed(forwarded, connection)
  if (from !== undefined) way.push(from)
  if (way.length > 0) forwarded.push('X-Forwarded-For', way.join(', '))
  return { hosts, origin, site, hasBody, isPlain, upgrade, anyEncoding, forwarded }
}
