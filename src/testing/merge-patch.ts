import { isJsonObject, type JsonValue } from '../api/json.ts'

/** A JSON merge patch, applied as RFC 7386 says. */
export function mergePatch(target: JsonValue, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch
  const merged = new Map(isJsonObject(target) ? Object.entries(target) : [])
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) merged.delete(key)
    else merged.set(key, mergePatch(merged.get(key) ?? null, change))
  }
  return Object.fromEntries(merged)
}
