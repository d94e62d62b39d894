import type { JsonValue } from './json.ts'

/**
 * Writes a value as Go's `json.Marshal` writes a map: compact, keys sorted at every depth, and with
 * `<`, `>` and `&` escaped, because Go expects JSON to be pasted into HTML.
 */
export function goJson(value: JsonValue): string {
  if (typeof value === 'string') return goString(value)
  if (typeof value === 'number') return goNumber(value)
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (isArray(value)) return `[${value.map(goJson).join(',')}]`
  // Entries are sorted as pairs: an object would put keys such as "10" in the order of numbers.
  const members = Object.entries(value).toSorted(([a], [b]) => compareBytes(a, b))
  return goStruct(members.map(([key, member]) => [key, goJson(member)]))
}

/** Writes an object as Go writes a struct: the members in the order given, each already written. */
export function goStruct(members: readonly (readonly [name: string, json: string])[]): string {
  return `{${members.map(([name, json]) => `${goString(name)}:${json}`).join(',')}}`
}

function goString(text: string): string {
  // A lone surrogate has no UTF-8 form; Go reads it as the replacement character.
  return JSON.stringify(text.toWellFormed()).replaceAll(/[<>&\u2028\u2029]/gu, escapeUnit)
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function goNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`json: unsupported value: ${value}`)
  // Go took its number format from ECMAScript, all but the sign of zero.
  return Object.is(value, -0) ? '-0' : String(value)
}

// Go sorts by UTF-8 bytes, JavaScript by UTF-16 units: they differ above U+FFFF.
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

// Array.isArray does not narrow a readonly array out of a union.
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
