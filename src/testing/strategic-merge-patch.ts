import { isJsonObject, type JsonObject, type JsonValue } from '../api/json.ts'

/**
 * A strategic merge patch, as far as the kinds of the fake need it: a JSON merge patch with
 * directives. Lists are replaced; only finalizers and owners would be merged.
 */
export function strategicMergePatch(target: JsonValue, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch
  if (patch['$patch'] === 'delete') return null
  const base = patch['$patch'] !== 'replace' && isJsonObject(target) ? target : {}
  return merge(base, patch)
}

function merge(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target))
  for (const [key, change] of Object.entries(patch)) {
    // What is left of them says how to merge lists.
    if (key.startsWith('$')) continue
    const value = strategicMergePatch(merged.get(key) ?? null, change)
    if (value === null) merged.delete(key)
    else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}
