import { nearestNames } from '../encoding/nearest-names.ts'
import type { Fields } from '../yaml/fields.ts'

/**
 * Refuses fields with other names than these, with the name that was probably meant.
 *
 * @param hint What to do where no name is near.
 */
export function onlyNames(fields: Fields, known: readonly string[], hint?: string): void {
  const unknown = fields.names().find((name) => !known.includes(name))
  if (unknown === undefined) return
  const near = nearestNames(unknown, known).map((name) => `"${name}"`)
  const meant = near.length === 0 ? undefined : `did you mean ${near.join(' or ')}?`
  throw fields.problem(unknown, 'is an unknown field', meant ?? hint)
}
