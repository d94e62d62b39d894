import { fieldLine, saysKeepAlive } from './field-line.ts'

/** A GET request as it came. */
export interface ReceivedGet {
  /** What stands in its first line. */
  readonly url: string
  /** Names and values in turn; bytes beyond ASCII as Latin-1. */
  readonly rawHeaders: string[]
}

/**
 * Reads a chunk that is one whole GET request and nothing else, as nearly all of them come.
 *
 * That is: in HTTP/1.1, without a body, without a wish for another protocol or for the end of the
 * connection. Whatever is not just so gives undefined, and is for a server that knows all of HTTP: this
 * is no parser, it only knows what needs none.
 */
export function readGet(chunk: Buffer): ReceivedGet | undefined {
  if (chunk.length > longest) return undefined
  const lines = chunk.toString('latin1').split('\r\n')
  // Two empty lines at the end, since the last line has an end, too; none between.
  if (lines.pop() !== '' || lines.pop() !== '') return undefined
  const url = requestLine.exec(lines[0] ?? '')?.[1]
  if (url === undefined) return undefined
  const rawHeaders: string[] = []
  for (let index = 1; index < lines.length; index++) {
    const field = fieldLine.exec(lines[index] ?? '')
    if (field === null) return undefined
    const [, name = '', value = ''] = field
    if (unusual.test(name) && !saysKeepAlive(name, value)) return undefined
    rawHeaders.push(name, value)
  }
  return { url, rawHeaders }
}

const longest = 16 * 1024
const requestLine = /^GET (\/[!-~]*) HTTP\/1\.1$/u
// With these a request has a body, or wants more than an answer.
const unusual = /^(?:connection|content-length|expect|te|trailer|transfer-encoding|upgrade)$/iu
