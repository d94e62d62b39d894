import { isDeepStrictEqual } from 'node:util'

import { isJsonObject, type JsonValue } from '../api/json.ts'

/** A JSON patch that does not fit the object, or is none. */
export class JsonPatchError extends Error {}

/**
 * Applies a JSON patch as RFC 6902 says.
 *
 * @throws {@link JsonPatchError}
 */
export function jsonPatch(target: JsonValue, patch: JsonValue): JsonValue {
  if (!Array.isArray(patch)) throw new JsonPatchError('a JSON patch is a list of operations')
  return patch.reduce<JsonValue>(applyOne, target)
}

function applyOne(target: JsonValue, operation: JsonValue): JsonValue {
  const { op, path, from, value } = isJsonObject(operation) ? operation : {}
  const place = readPointer(path)
  switch (op) {
    case 'add':
      return change(target, place, needed(value), 'insert')
    case 'replace':
      return change(target, place, needed(value), 'replace')
    case 'remove':
      return change(target, place, undefined, 'replace')
    case 'copy':
      return change(target, place, find(target, readPointer(from)), 'insert')
    case 'move': {
      const moved = find(target, readPointer(from))
      const without = change(target, readPointer(from), undefined, 'replace')
      return change(without, place, moved, 'insert')
    }
    case 'test':
      if (isDeepStrictEqual(find(target, place), needed(value))) return target
      throw new JsonPatchError(`testing path /${place.join('/')} failed`)
    default:
      throw new JsonPatchError('no such operation')
  }
}

type Pointer = readonly string[]

/** A JSON pointer, RFC 6901. */
function readPointer(pointer: JsonValue | undefined): Pointer {
  if (pointer === '') return []
  if (typeof pointer !== 'string' || !pointer.startsWith('/')) {
    throw new JsonPatchError('a path begins with a slash')
  }
  const parts = pointer.slice(1).split('/')
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function needed(value: JsonValue | undefined): JsonValue {
  if (value === undefined) throw new JsonPatchError('the operation has no value')
  return value
}

function find(target: JsonValue, place: Pointer): JsonValue {
  const [key, ...rest] = place
  return key === undefined ? target : find(childOf(target, key), rest)
}

function childOf(target: JsonValue, key: string): JsonValue {
  const child = isList(target)
    ? target[indexOf(key, target.length - 1)]
    : new Map(isJsonObject(target) ? Object.entries(target) : []).get(key)
  if (child === undefined) throw new JsonPatchError(`"${key}" is not there`)
  return child
}

/** Puts a value into its place; an undefined one leaves nothing there. */
function change(
  target: JsonValue,
  place: Pointer,
  value: JsonValue | undefined,
  how: 'insert' | 'replace',
): JsonValue {
  const [key, ...rest] = place
  if (key === undefined) return value ?? null
  if (rest.length > 0) {
    return withChild(target, key, change(childOf(target, key), rest, value, how), 'replace')
  }
  if (how === 'replace') childOf(target, key)
  return withChild(target, key, value, how)
}

function withChild(
  target: JsonValue,
  key: string,
  value: JsonValue | undefined,
  how: 'insert' | 'replace',
): JsonValue {
  if (isList(target)) {
    const index = key === '-' ? target.length : indexOf(key, target.length)
    return target.toSpliced(
      index,
      how === 'insert' ? 0 : 1,
      ...(value === undefined ? [] : [value]),
    )
  }
  if (!isJsonObject(target)) throw new JsonPatchError(`"${key}" has no place to be`)
  const changed = new Map(Object.entries(target))
  if (value === undefined) changed.delete(key)
  else changed.set(key, value)
  return Object.fromEntries(changed)
}

function indexOf(key: string, last: number): number {
  const index = /^(?:0|[1-9]\d*)$/u.test(key) ? Number(key) : -1
  if (index < 0 || index > last) throw new JsonPatchError(`"${key}" is not in the list`)
  return index
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
