import { isBase64 } from '../encoding/base64.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../api/json.ts'
import type { FieldPath } from './field-position.ts'

/** A field that is not what it should be: says where and why, never what it holds. */
export class FieldProblem extends Error {
  override readonly name: string = 'FieldProblem'
  readonly path: FieldPath
  /** What to do about it. */
  readonly hint: string | undefined

  constructor(path: FieldPath, message: string, hint?: string) {
    super(message)
    this.path = path
    this.hint = hint
  }
}

/** The fields of one object of a file, read by kind; an absent one and null are the same. */
export class Fields {
  readonly path: FieldPath
  readonly #object: JsonObject

  constructor(object: JsonObject, path: FieldPath) {
    this.#object = object
    this.path = path
  }

  /** Text; '' when absent. */
  text(name: string): string {
    const value = this.value(name)
    return value === null ? '' : textOf(value, [...this.path, name])
  }

  /** True or false; false when absent. */
  flag(name: string): boolean {
    const value = this.value(name)
    if (value === null || typeof value === 'boolean') return value ?? false
    throw wrongKind(value, 'true or false', [...this.path, name])
  }

  /** A whole number; undefined when absent. */
  integer(name: string): number | bigint | undefined {
    const value = this.value(name)
    if (value === null) return undefined
    if (typeof value === 'bigint') return value
    if (typeof value === 'number') {
      if (Number.isInteger(value)) return value
      throw this.problem(name, 'must be a whole number')
    }
    const hint = typeof value === 'string' ? 'write the value without quotes' : undefined
    throw wrongKind(value, 'a whole number', [...this.path, name], hint)
  }

  /** Bytes in base64, or as a list of numbers, which Go takes too; none when absent. */
  bytes(name: string): Uint8Array {
    const value = this.value(name)
    if (isList(value)) return bytesOf(value, [...this.path, name])
    const text = this.text(name)
    if (!isBase64(text)) throw this.problem(name, 'must be base64')
    return Uint8Array.from(Buffer.from(text, 'base64'))
  }

  /** A list of texts; empty when absent. */
  texts(name: string): readonly string[] {
    return textsOf(this.value(name), [...this.path, name])
  }

  /** A mapping of names to texts. The names are not told in errors. */
  textMap(name: string): Readonly<Record<string, string>> {
    const path = [...this.path, name]
    const entries = Object.entries(objectOf(this.value(name) ?? {}, path))
    return Object.fromEntries(
      entries.map(([key, value]) => [key, value === null ? '' : textOf(value, [...path, '*'])]),
    )
  }

  /** A mapping of names to lists of texts. The names are not told in errors. */
  textLists(name: string): Readonly<Record<string, readonly string[]>> {
    const path = [...this.path, name]
    const entries = Object.entries(objectOf(this.value(name) ?? {}, path))
    return Object.fromEntries(entries.map(([key, value]) => [key, textsOf(value, [...path, '*'])]))
  }

  /** An object; undefined when absent. */
  object(name: string): Fields | undefined {
    const value = this.value(name)
    if (value === null) return undefined
    const path = [...this.path, name]
    return new Fields(objectOf(value, path), path)
  }

  /** A list of objects; empty when absent, and an absent item is an object without fields. */
  objects(name: string): readonly Fields[] {
    const path = [...this.path, name]
    return listOf(this.value(name), path).map((item, index) => {
      const itemPath = [...path, index]
      return new Fields(objectOf(item ?? {}, itemPath), itemPath)
    })
  }

  /** Whatever it is; null when absent. */
  value(name: string): JsonValue {
    return this.#object[name] ?? null
  }

  /** The names of all fields that are there, in alphabetical order. */
  names(): readonly string[] {
    return Object.keys(this.#object).toSorted()
  }

  /** A problem with a field of this object. */
  problem(name: string, message: string, hint?: string): FieldProblem {
    return new FieldProblem([...this.path, name], message, hint)
  }
}

/** A path as people write it: `users[2].user.exec.command`. */
export function pathText(path: FieldPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./u, '')
}

/** The object that a value is. */
export function objectOf(value: JsonValue, path: FieldPath): JsonObject {
  if (isJsonObject(value)) return value
  throw wrongKind(value, 'a mapping of fields', path)
}

/** Whether a value is a list; unlike `Array.isArray`, it keeps the type of the items. */
export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function listOf(value: JsonValue, path: FieldPath): readonly JsonValue[] {
  if (value === null) return []
  if (isList(value)) return value
  throw wrongKind(value, 'a list', path)
}

function bytesOf(value: readonly JsonValue[], path: FieldPath): Uint8Array {
  return Uint8Array.from(value, (item, index) => {
    const isByte = typeof item === 'number' && Number.isInteger(item) && item >= 0 && item < 256
    if (!isByte && item !== null) throw wrongKind(item, 'a byte', [...path, index])
    return item ?? 0
  })
}

function textsOf(value: JsonValue, path: FieldPath): readonly string[] {
  return listOf(value, path).map((item, index) =>
    item === null ? '' : textOf(item, [...path, index]),
  )
}

function textOf(value: JsonValue, path: FieldPath): string {
  if (typeof value === 'string') return value
  const isScalar = ['number', 'bigint', 'boolean'].includes(typeof value)
  throw wrongKind(value, 'text', path, isScalar ? 'put the value in quotes' : undefined)
}

function wrongKind(
  value: JsonValue,
  expected: string,
  path: FieldPath,
  hint?: string,
): FieldProblem {
  return new FieldProblem(path, `must be ${expected}, not ${kindOf(value)}`, hint)
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'empty'
  if (isList(value)) return 'a list'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
    case 'bigint':
      return 'a number'
    case 'boolean':
      return 'true or false'
    default:
      return 'a mapping'
  }
}
