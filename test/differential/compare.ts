import type { Aspect, Observation } from './observation.ts'
import { aspects } from './observation.ts'

/** The aspects in which two programs are not the same. */
export function differingAspects(
  ours: Observation,
  theirs: Observation,
  { loosely, fails }: { readonly loosely: boolean; readonly fails: string },
): Aspect[] {
  const leading = (text: string): string => (loosely && text.startsWith(fails) ? fails : text)
  const plain = (seen: Observation): Observation => ({ ...seen, error: leading(seen.error) })
  return aspects.filter((aspect) => !same(plain(ours)[aspect], plain(theirs)[aspect]))
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
