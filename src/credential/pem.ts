import { isBase64 } from '../encoding/base64.ts'

/** One PEM block. */
export interface PemBlock {
  /** What stands after BEGIN: `CERTIFICATE`, `EC PRIVATE KEY`. */
  readonly type: string
  /** Whether a header says that the content is encrypted, as OpenSSL wrote it before PKCS#8. */
  readonly encrypted: boolean
  /** The content. */
  readonly der: Buffer
}

const beginning = '-----BEGIN '
const ending = '\n-----END '
const lineEnd = '-----'

/**
 * The PEM blocks of a text, in order, as Go finds them: a block begins and ends with a line, what
 * stands between blocks is passed over, and so is a block that is damaged.
 */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  let at = 0
  for (;;) {
    const end = text.indexOf(ending, at)
    if (end === -1) return blocks
    const { block, next } = readBlock(text, at, end)
    if (block !== undefined) blocks.push(block)
    at = next
  }
}

/** Tells whether a block holds a private key: PKCS#1, SEC 1 or PKCS#8. */
export function isPrivateKey({ type }: Pick<PemBlock, 'type'>): boolean {
  return type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY')
}

/** The block that ends with the line end at `end`, and where to go on. */
function readBlock(
  text: string,
  from: number,
  end: number,
): { readonly block: PemBlock | undefined; readonly next: number } {
  const damaged = { block: undefined, next: end + ending.length }
  // The last beginning counts: those before it have no end.
  const begin = lastBeginning(text, from, end)
  if (begin === -1) return damaged
  const first = lineAt(text, begin)
  if (!first.text.endsWith(lineEnd)) return damaged
  const type = first.text.slice(beginning.length, -lineEnd.length)
  const { headers, start } = readHeaders(text, first.next)
  // After headers there has to be a line.
  if (headers !== '' && start > end) return damaged
  const last = lineAt(text, end + 1)
  if (last.text !== `-----END ${type}${lineEnd}`) return damaged
  const base64 = text.slice(start, Math.max(start, end)).replaceAll(/[ \t]/gu, '')
  if (!isBase64(base64)) return damaged
  const der = Buffer.from(base64, 'base64')
  return { block: { type, encrypted: /ENCRYPTED/u.test(headers), der }, next: last.next - 1 }
}

function lastBeginning(text: string, from: number, end: number): number {
  const at = text.lastIndexOf(beginning, end - beginning.length)
  if (at < from) return -1
  return at === from || text[at - 1] === '\n' ? at : -1
}

function readHeaders(text: string, from: number): { headers: string; start: number } {
  let headers = ''
  let start = from
  while (start < text.length) {
    const line = lineAt(text, start)
    if (!line.text.includes(':')) break
    headers += `${line.text}\n`
    start = line.next
  }
  return { headers, start }
}

/** A line without the white space at its end, and where the next one begins. */
function lineAt(text: string, start: number): { readonly text: string; readonly next: number } {
  const found = text.indexOf('\n', start)
  const end = found === -1 ? text.length : found
  const whole = text.slice(start, end)
  const line = found !== -1 && whole.endsWith('\r') ? whole.slice(0, -1) : whole
  return { text: line.replace(/[ \t]+$/u, ''), next: found === -1 ? end : found + 1 }
}
