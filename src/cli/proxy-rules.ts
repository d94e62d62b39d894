import { RE2JS } from 're2js'

import type { FilterRules, Pattern } from '../proxy/filter.ts'
import { usageError } from './command-error.ts'

/** The rules in text, regular expressions with commas between them; a name for each flag. */
export const defaultRules: Readonly<Record<keyof FilterRules, string>> = {
  acceptHosts: String.raw`^localhost$,^127\.0\.0\.1$,^\[::1\]$`,
  acceptPaths: '^.*',
  rejectPaths: '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach',
  rejectMethods: '^$',
}

/**
 * The rules that the flags give, with kubectl's for those that they leave out. An empty text is an
 * empty list, which matches nothing.
 *
 * @throws {@link CommandError} A usage error for a pattern that is none.
 */
export function readRules(
  flags: Partial<Readonly<Record<keyof FilterRules, string>>>,
): FilterRules {
  const read = (name: keyof FilterRules): readonly Pattern[] => {
    const text = flags[name] ?? defaultRules[name]
    return text === '' ? [] : text.split(',').map((pattern) => readPattern(pattern))
  }
  return {
    acceptHosts: read('acceptHosts'),
    acceptPaths: read('acceptPaths'),
    rejectPaths: read('rejectPaths'),
    rejectMethods: read('rejectMethods'),
  }
}

/**
 * A pattern in Go's syntax. JavaScript's own expressions read some of it in another way, so that a
 * rule would silently not match; and they go back and forth over a text that was made for it, which
 * keeps the whole proxy waiting.
 */
function readPattern(pattern: string): Pattern {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw usageError(
      error instanceof Error ? error.message : `error parsing regexp: ${pattern}`,
      "give regular expressions of Go's syntax with commas between them",
    )
  }
}
