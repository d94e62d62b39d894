import type { JsonObject, JsonValue } from '../api/json.ts'
import {
  isTooDeep,
  itemsOf,
  membersOf,
  stringOf,
  wholeValue,
  type GoKind,
  type JsonMember,
  type JsonSpan,
} from '../api/json-text.ts'
import type { FieldPath } from '../yaml/field-position.ts'
import { FieldProblem, pathText } from '../yaml/fields.ts'
import { namesOf, type PreferenceNames } from './read-preference.ts'

/** A preference that is written in JSON. */
export interface JsonPreference {
  /** What its fields come to. */
  readonly value: JsonObject
  /** What kubectl passes over, in its words and in the order of the text. */
  readonly passedOver: readonly string[]
}

/**
 * Decodes a preference in JSON as kubectl does.
 *
 * A field that stands twice is decoded twice, into the same place. So null leaves the text that an
 * earlier field of the name gave, and an item of a list goes over the one that stood there.
 *
 * @throws SyntaxError For a text that is not JSON, or nested deeper than Go reads.
 * @throws {@link FieldProblem} For a field of a wrong kind.
 */
export function decodeJsonPreference(text: string): JsonPreference {
  if (isTooDeep(text)) throw new SyntaxError('nested too deep')
  JSON.parse(text)
  const whole = wholeValue(text)
  const notes: Notes = { text, passedOver: new Set(), fault: undefined }
  const type = typeOf(membersOf(text, whole), notes)
  const names = namesOf(type.apiVersion)
  if (names === undefined) return { value: type, passedOver: [] }
  const preference = new StructTarget(preferenceFields(names))
  preference.take(whole, [], notes)
  if (notes.fault !== undefined) throw notes.fault
  return { value: { ...preference.value(), ...type }, passedOver: [...notes.passedOver] }
}

interface Notes {
  readonly text: string
  readonly passedOver: Set<string>
  /** The first field of a wrong kind; decoding goes on behind it, as in Go. */
  fault: FieldProblem | undefined
}

type Type = { readonly apiVersion: string; readonly kind: string }

/** Go finds these two whatever their case. */
function typeOf(members: readonly JsonMember[], notes: Notes): Type {
  const targets = { apiVersion: new TextTarget(), kind: new TextTarget() }
  for (const { name, value } of members) {
    const lower = name.toLowerCase()
    if (lower === 'apiversion') targets.apiVersion.take(value, [name], notes)
    if (lower === 'kind') targets.kind.take(value, [name], notes)
  }
  if (notes.fault !== undefined) throw notes.fault
  return { apiVersion: targets.apiVersion.value(), kind: targets.kind.value() }
}

/** A place that fields are decoded into. */
interface Target {
  take(span: JsonSpan, path: FieldPath, notes: Notes): void
  value(): JsonValue
}

type StructFields = Readonly<Record<string, () => Target>>

class TextTarget implements Target {
  #text = ''

  take(span: JsonSpan, path: FieldPath, notes: Notes): void {
    if (span.kind === 'null') return
    if (span.kind === 'string') this.#text = stringOf(notes.text, span)
    else notes.fault ??= wrongKind(span, 'text', path)
  }

  value(): string {
    return this.#text
  }
}

class ListTarget implements Target {
  readonly #newItem: () => Target
  /** More than the list has, where it was longer before: Go takes them up again. */
  #items: Target[] = []
  #length: number | undefined

  constructor(newItem: () => Target) {
    this.#newItem = newItem
  }

  take(span: JsonSpan, path: FieldPath, notes: Notes): void {
    if (span.kind !== 'null' && span.kind !== 'array') {
      notes.fault ??= wrongKind(span, 'a list', path)
      return
    }
    const items = span.kind === 'null' ? [] : itemsOf(notes.text, span)
    if (items.length === 0) this.#items = []
    for (const [index, item] of items.entries()) {
      const target = (this.#items[index] ??= this.#newItem())
      target.take(item, [...path, index], notes)
    }
    this.#length = span.kind === 'null' ? undefined : items.length
  }

  value(): JsonValue {
    if (this.#length === undefined) return null
    return this.#items.slice(0, this.#length).map((item) => item.value())
  }
}

class StructTarget implements Target {
  readonly #fields: ReadonlyMap<string, () => Target>
  readonly #targets = new Map<string, Target>()

  constructor(fields: StructFields) {
    this.#fields = new Map(Object.entries(fields))
  }

  take(span: JsonSpan, path: FieldPath, notes: Notes): void {
    if (span.kind === 'null') return
    if (span.kind !== 'object') {
      notes.fault ??= wrongKind(span, 'a mapping of fields', path)
      return
    }
    const seen = new Set<string>()
    for (const { name, value } of membersOf(notes.text, span)) {
      const here = [...path, name]
      const newTarget = this.#fields.get(name)
      if (newTarget === undefined) {
        notes.passedOver.add(`unknown field ${JSON.stringify(pathText(here))}`)
        continue
      }
      if (seen.has(name)) notes.passedOver.add(`duplicate field ${JSON.stringify(pathText(here))}`)
      seen.add(name)
      const target = this.#targets.get(name) ?? newTarget()
      this.#targets.set(name, target)
      target.take(value, here, notes)
    }
  }

  value(): JsonObject {
    return Object.fromEntries([...this.#targets].map(([name, target]) => [name, target.value()]))
  }
}

const text = (): Target => new TextTarget()

function listOf(newItem: () => Target): () => Target {
  return () => new ListTarget(newItem)
}

function structOf(fields: StructFields): () => Target {
  return () => new StructTarget(fields)
}

function preferenceFields({ defaults, options, hasPolicy }: PreferenceNames): StructFields {
  const given = listOf(structOf({ name: text, default: text }))
  const alias = { name: text, command: text, prependArgs: listOf(text), appendArgs: listOf(text) }
  const policy = {
    credentialPluginPolicy: text,
    credentialPluginAllowlist: listOf(structOf({ name: text, command: text })),
  }
  return {
    apiVersion: text,
    kind: text,
    [defaults]: listOf(structOf({ command: text, [options]: given })),
    aliases: listOf(structOf({ ...alias, [options]: given })),
    ...(hasPolicy ? policy : {}),
  }
}

function wrongKind({ kind }: JsonSpan, expected: string, path: FieldPath): FieldProblem {
  return new FieldProblem(path, `must be ${expected}, not ${wordsOf[kind]}`)
}

const wordsOf: Readonly<Record<GoKind, string>> = {
  null: 'empty',
  bool: 'true or false',
  number: 'a number',
  string: 'text',
  array: 'a list',
  object: 'a mapping',
}
