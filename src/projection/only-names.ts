import { nearestNames } from '../encoding/nearest-names.ts'
import { ProblemCollector } from '../yaml/field-problems.ts'
import type { Fields } from '../yaml/fields.ts'

/**
 * Refuses fields with other names than these, each with the name that was probably meant.
 *
 * @param hint What to do where no name is near.
 */
export function onlyNames(fields: Fields, known: readonly string[], hint?: string): void {
  const problems = new ProblemCollector()
  for (const unknown of fields.names().filter((name) => !known.includes(name))) {
    const near = nearestNames(unknown, known).map((name) => `"${name}"`)
    const meant = near.length === 0 ? undefined : `did you mean ${near.join(' or ')}?`
    problems.add(fields.problem(unknown, 'is an unknown field', meant ?? hint))
  }
  problems.refuse()
}
