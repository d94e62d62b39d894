/** One PEM block. */
export interface PemBlock {
  /** What stands after BEGIN: `CERTIFICATE`, `EC PRIVATE KEY`. */
  readonly type: string
  /** The block from its first to its last dash. */
  readonly text: string
}

/** The PEM blocks of a text, in order; what stands between them is passed over. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  // No pattern over the whole block: the engine would need a stack as deep as the block is long.
  for (const { 0: begin, 1: type = '', index } of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/gu)) {
    const end = `-----END ${type}-----`
    const at = text.indexOf('-----', index + begin.length)
    if (at !== -1 && text.startsWith(end, at)) {
      blocks.push({ type, text: text.slice(index, at + end.length) })
    }
  }
  return blocks
}

/** Tells whether a block holds a private key: PKCS#1, SEC 1 or PKCS#8. */
export function isPrivateKey({ type }: PemBlock): boolean {
  return type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY')
}
