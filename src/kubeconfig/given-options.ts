import type { Impersonation } from './entries.ts'
import type { Overrides } from './overrides.ts'

/** Name of an override, as a caller writes it. */
export type OptionName = keyof Overrides | `impersonate.${keyof Impersonation}`

/** Those of the options that take the place of what an entry says. */
export function givenOf(names: readonly OptionName[], overrides: Overrides): readonly OptionName[] {
  const { impersonate = {} } = overrides
  const values: ReadonlyMap<string, unknown> = new Map([
    ...Object.entries(overrides),
    ...Object.entries(impersonate).map(([name, value]) => [`impersonate.${name}`, value] as const),
  ])
  return names.filter((name) => isGiven(values.get(name)))
}

// What is empty leaves the entry as it is.
function isGiven(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value)
  return Object.keys(value).length > 0
}
