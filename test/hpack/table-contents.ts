import type { HpackDecoder } from '../../src/hpack/decoder.ts'
import { HpackError } from '../../src/hpack/error.ts'
import { HpackWriter } from '../../src/hpack/writer.ts'

/** The fields that a decoder remembers, the newest first: those behind the static table. */
export function tableContents(decoder: HpackDecoder): string[] {
  const contents: string[] = []
  for (let index = 62; ; index++) {
    try {
      contents.push(...decoder.decode(indexed(index)))
    } catch (error) {
      if (error instanceof HpackError) return contents
      throw error
    }
  }
}

/** The block that holds nothing but the field of an index. */
export function indexed(index: number): Buffer {
  const writer = new HpackWriter()
  writer.integer(0x80, 0x7f, index)
  return writer.take()
}

/** Bytes of a list, or of a table. */
export function sizeOf(list: readonly string[]): number {
  return list.reduce((size, text) => size + text.length + 16, 0)
}
