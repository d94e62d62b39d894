import { HpackDecoder } from '../../src/hpack/decoder.ts'
import { HpackError } from '../../src/hpack/error.ts'
import { inBase64, type Oracle } from './ask.ts'

/** What came of blocks: the lists of those before the first that was refused, and why it was. */
export interface Decoded {
  readonly lists: readonly (readonly string[])[]
  readonly refused?: string
}

/** A list of headers as a question holds it. */
export function listInBase64(list: readonly string[]): string[] {
  return list.map((text) => inBase64(Buffer.from(text, 'latin1')))
}

/** What Go makes of the blocks of a connection. */
export async function theirLists(oracle: Oracle, blocks: readonly Uint8Array[]): Promise<Decoded> {
  const answer = await oracle.ask({ hpackDecode: { blocks: blocks.map(inBase64) } })
  if (answer.panic !== undefined) throw new Error(answer.panic)
  // The oracle's hpack.go gives these.
  const { lists, refused } = answer.value as { lists: string[][]; refused?: string }
  const texts = lists.map((list) =>
    list.map((text) => Buffer.from(text, 'base64').toString('latin1')),
  )
  return refused === undefined ? { lists: texts } : { lists: texts, refused }
}

/** What Kubecred makes of them. */
export function ourLists(blocks: readonly Uint8Array[], maxTableSize = 4096): Decoded {
  const decoder = new HpackDecoder({ maxTableSize, maxListSize: 2 ** 28 })
  const lists: string[][] = []
  for (const block of blocks) {
    try {
      lists.push(decoder.decode(block))
    } catch (error) {
      if (!(error instanceof HpackError)) throw error
      return { lists, refused: error.message }
    }
  }
  return { lists }
}

/** Where Kubecred and Go part on purpose: one of them takes a block, the other refuses it for this reason. */
export type Parting =
  /** Go takes integers of up to nine further bytes. What is so long is too large, or a waste. */
  | 'long integer'
  /** Go takes a size anywhere while its table is empty; RFC 7541, 4.2, has it at the start. */
  | 'late size'
  /** Go takes one size at the start of a block unless its table is empty; RFC 7541, 4.2, allows two. */
  | 'second size'

/** The reason for which one of them refuses the block that the other takes. */
export function partingOf(ours: Decoded, theirs: Decoded): Parting | undefined {
  if (ours.lists.length < theirs.lists.length) {
    if (ours.refused === 'an integer is too large') return 'long integer'
    if (ours.refused === 'the size of the table changes amid a block') return 'late size'
  }
  const late = theirs.refused?.includes('MUST occur at the beginning of a header block') ?? false
  return ours.lists.length > theirs.lists.length && late ? 'second size' : undefined
}
