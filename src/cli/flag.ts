/** A flag of the command line. */
export interface Flag {
  /** Name without dashes. */
  readonly name: string
  /** One letter. */
  readonly short?: string
  /** What stands for the value in the help; without it the flag is a switch. */
  readonly value?: string
  readonly help: string
  /** All that the value can be; missing when that cannot be listed. */
  readonly values?: readonly string[]
  /** Whether it may be given several times; then its value is a list. */
  readonly repeated?: boolean
  /** Makes of the text what the command wants; throws a usage error. */
  readonly read?: (text: string) => unknown
  readonly preset?: string
}

/** What the flags of a command line say, by their names in camel case. */
export type FlagValues = Readonly<Record<string, unknown>>

/** The name of the flag's value: `as-group` → `asGroup`. */
export function valueName({ name }: Flag): string {
  return name.replaceAll(/-(.)/gu, (_, letter: string) => letter.toUpperCase())
}

/** The value of a flag that stands on the command line once more. */
export function nextValue({ read, repeated }: Flag, text: string, before: unknown): unknown {
  const value = read === undefined ? text : read(text)
  if (repeated !== true) return value
  // Array.isArray makes the elements `any`; nothing here depends on what they are.
  return Array.isArray(before) ? [...(before as readonly unknown[]), value] : [value]
}
