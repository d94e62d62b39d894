import { DynamicTable, fieldSize, firstTableSize, type Field } from './dynamic-table.ts'
import { HpackError } from './error.ts'
import { HpackReader } from './reader.ts'
import { staticFields } from './static-table.ts'

/** Decodes the header blocks that a connection receives, in their order. None after an error. */
export class HpackDecoder {
  readonly #table: DynamicTable<Field>
  readonly #maxTableSize: number
  readonly #maxListSize: number
  #mustUpdate: boolean

  /**
   * @param options.maxTableSize The size of the table that was announced to the peer, bytes.
   * @param options.maxListSize The longest list that is taken: bytes of names and values, and 32 for
   *   each pair.
   */
  constructor(options: { readonly maxTableSize: number; readonly maxListSize: number }) {
    const { maxTableSize, maxListSize } = options
    const size = Math.min(maxTableSize, firstTableSize)
    this.#table = new DynamicTable(maxTableSize, size)
    this.#maxTableSize = maxTableSize
    this.#maxListSize = maxListSize
    // Who is allowed less than the protocol begins with has to confirm it (RFC 9113, 4.3.1).
    this.#mustUpdate = maxTableSize < firstTableSize
  }

  /**
   * The list that a block holds, the whole of it: names and values in turn, bytes as Latin-1.
   *
   * @throws {@link HpackError}
   */
  decode(block: Uint8Array): string[] {
    const reader = new HpackReader(block)
    const list: string[] = []
    let left = this.#maxListSize
    while (!reader.atEnd) {
      const first = reader.byte()
      if ((first & 0xe0) === 0x20) {
        this.#update(reader.integer(first, 0x1f), list)
        continue
      }
      if (this.#mustUpdate) throw new HpackError('the table has not become smaller')
      const indexed = (first & 0x80) !== 0
      const field = indexed
        ? this.#field(reader.integer(first, 0x7f))
        : this.#literal(reader, first, left)
      left -= fieldSize(field.name, field.value)
      if (left < 0) throw new HpackError('a list of headers is too long')
      list.push(field.name, field.value)
    }
    return list
  }

  #literal(reader: HpackReader, first: number, left: number): Field {
    const remembered = (first & 0x40) !== 0
    const index = reader.integer(first, remembered ? 0x3f : 0x0f)
    const name = index === 0 ? reader.string(left) : this.#field(index).name
    const field = { name, value: reader.string(left) }
    if (remembered) this.#table.add(field)
    return field
  }

  /** The field of an index: those of the static table from 1 on, then the others, the newest first. */
  #field(index: number): Field {
    const field =
      index <= staticFields.length
        ? staticFields[index - 1]
        : this.#table.get(this.#table.next - (index - staticFields.length))
    if (field === undefined) throw new HpackError('an index leads nowhere')
    return field
  }

  #update(size: number, list: readonly string[]): void {
    if (list.length > 0) throw new HpackError('the size of the table changes amid a block')
    if (size > this.#maxTableSize) throw new HpackError('the table is to be too large')
    this.#table.resize(size)
    this.#mustUpdate = false
  }
}
