import { DynamicTable, fieldSize, firstTableSize, type Field } from './hpack-dynamic-table.ts'
import { staticFields, staticNames } from './hpack-static-table.ts'

interface SentField extends Field {
  /** The number of the field of this name that was sent before it. */
  readonly older: number
}

const none = -1

/** The fields that can be named by an index, as the sender of header blocks looks for them. */
export class EncoderTable {
  readonly #sent: DynamicTable<SentField>
  /** The number of the newest of each name. */
  readonly #newest = new Map<string, number>()

  constructor() {
    this.#sent = new DynamicTable(firstTableSize, firstTableSize, ({ name }, number) => {
      if (this.#newest.get(name) === number) this.#newest.delete(name)
    })
  }

  /** Bytes that the fields which were sent may have. */
  get maxSize(): number {
    return this.#sent.maxSize
  }

  /** Allows them this many bytes, and not more than 4096. */
  resize(maxSize: number): void {
    this.#sent.resize(maxSize)
  }

  /** Whether a field has an index from the next time on, when it is sent so that it is remembered. */
  remember(name: string, value: string): boolean {
    // Those that take the place of all others are worth less than these; a path comes once.
    if (name === ':path' || fieldSize(name, value) > this.#sent.maxSize / 2) return false
    const older = this.#newest.get(name) ?? none
    this.#newest.set(name, this.#sent.next)
    this.#sent.add({ name, value, older })
    return true
  }

  /** The index of a field; 0 when it has none. */
  find(name: string, value: string): number {
    for (let at = staticNames.get(name) ?? none; staticFields[at]?.name === name; at++) {
      if (staticFields[at]?.value === value) return at + 1
    }
    let number = this.#newest.get(name) ?? none
    for (;;) {
      const field = this.#sent.get(number)
      if (field === undefined) return 0
      if (field.value === value) return this.#indexOf(number)
      number = field.older
    }
  }

  /** The index of a field of that name; 0 when there is none. */
  findName(name: string): number {
    const first = staticNames.get(name)
    if (first !== undefined) return first + 1
    const newest = this.#newest.get(name)
    return newest === undefined ? 0 : this.#indexOf(newest)
  }

  #indexOf(number: number): number {
    return staticFields.length + this.#sent.next - number
  }
}
