import { fieldLine, saysKeepAlive } from './field-line.ts'

/** The head of a response whose body is as long as it says. */
export interface PlainHead {
  readonly statusCode: number
  /** Names and values in turn; bytes beyond ASCII as Latin-1. */
  readonly headers: string[]
  /** Bytes of the body. */
  readonly length: number
  /** Where the body begins in the chunk. */
  readonly bodyAt: number
}

/**
 * Reads the head of a response that a chunk begins with, in the form in which most of them come.
 *
 * That is: all of it in the chunk, in HTTP/1.1, with a length and no other way to tell where it ends,
 * and nothing said of the connection but that it stays. Whatever is not just so gives undefined, and is
 * for a parser.
 */
export function readHead(chunk: Buffer): PlainHead | undefined {
  const end = chunk.indexOf(endOfHead)
  if (end === -1 || end > longest) return undefined
  const lines = chunk.toString('latin1', 0, end).split('\r\n')
  const statusCode = Number(statusLine.exec(lines[0] ?? '')?.[1])
  // Those without a body have it in whatever they say.
  if (!(statusCode >= 200) || statusCode === 204 || statusCode === 304) return undefined
  const headers: string[] = []
  let length: number | undefined
  for (let index = 1; index < lines.length; index++) {
    const field = fieldLine.exec(lines[index] ?? '')
    if (field === null) return undefined
    const [, name = '', value = ''] = field
    if (framing.test(name) && !saysKeepAlive(name, value)) {
      if (length !== undefined || !isLength(name, value)) return undefined
      length = Number(value)
    }
    headers.push(name, value)
  }
  if (length === undefined) return undefined
  return { statusCode, headers, length, bodyAt: end + endOfHead.length }
}

const endOfHead = Buffer.from('\r\n\r\n')
const longest = 16 * 1024
const statusLine = /^HTTP\/1\.1 (\d{3}) [\t -~]*$/u
// What says where the response ends, or what becomes of the connection.
const framing =
  /^(?:connection|content-length|keep-alive|proxy-connection|trailer|transfer-encoding|upgrade)$/iu

function isLength(name: string, value: string): boolean {
  return name.length === 14 && name.toLowerCase() === 'content-length' && /^\d{1,15}$/u.test(value)
}
