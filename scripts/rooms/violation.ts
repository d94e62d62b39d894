/** A place where a rule of the repository is broken. */
export interface Violation {
  readonly path: string
  readonly line: number
  readonly rule: string
  /** What is wrong and why it matters. */
  readonly why: string
}

/** One line a person can act on, and an editor can open. */
export function formatViolation({ path, line, rule, why }: Violation): string {
  return `${path}:${line}: ${rule}: ${why}`
}
