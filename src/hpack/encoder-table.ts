import { DynamicTable, fieldSize, firstTableSize, type Field } from './dynamic-table.ts'
import { staticFields } from './static-table.ts'

interface SentField extends Field {
  /** The number of the field of this name that was sent before it. */
  readonly older: number
}

/** A name that has an index. */
interface KnownName {
  /** Its values in the static table, and the index of the first. */
  readonly values: readonly string[]
  readonly first: number
  /** The number of the newest field that was sent; {@link none} when that is forgotten. */
  newest: number
}

const none = -1

/** The fields that can be named by an index, as the sender of header blocks looks for them. */
export class EncoderTable {
  readonly #sent: DynamicTable<SentField>
  readonly #names: Map<string, KnownName> = staticNames()

  constructor() {
    this.#sent = new DynamicTable(firstTableSize, firstTableSize, ({ name }, number) => {
      this.#forget(name, number)
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
    if (name === ':path' || fieldSize(name, value) > this.#sent.maxSize * largestShare) return false
    let known = this.#names.get(name)
    if (known === undefined) {
      known = { values: [], first: 0, newest: none }
      this.#names.set(name, known)
    }
    const older = known.newest
    known.newest = this.#sent.next
    this.#sent.add({ name, value, older })
    return true
  }

  /** The index of a field; 0 when it has none. */
  find(name: string, value: string): number {
    const known = this.#names.get(name)
    if (known === undefined) return 0
    const { values } = known
    for (let place = 0; place < values.length; place++) {
      if (values[place] === value) return known.first + place
    }
    let number = known.newest
    for (;;) {
      const field = this.#sent.get(number)
      if (field === undefined) return 0
      if (field.value === value) return this.#indexOf(number)
      number = field.older
    }
  }

  /** The index of a field of that name; 0 when there is none. */
  findName(name: string): number {
    const known = this.#names.get(name)
    if (known === undefined) return 0
    return known.first > 0 ? known.first : this.#indexOf(known.newest)
  }

  #forget(name: string, number: number): void {
    const known = this.#names.get(name)
    if (known?.newest !== number) return
    if (known.first > 0) known.newest = none
    else this.#names.delete(name)
  }

  #indexOf(number: number): number {
    return staticFields.length + this.#sent.next - number
  }
}

function staticNames(): Map<string, KnownName> {
  const names = new Map<string, { values: string[]; first: number; newest: number }>()
  for (const [place, { name, value }] of staticFields.entries()) {
    const known = names.get(name)
    if (known === undefined) names.set(name, { values: [value], first: place + 1, newest: none })
    else known.values.push(value)
  }
  return names
}

// A token may have two thirds of the table: it comes with each request.
const largestShare = 0.75
