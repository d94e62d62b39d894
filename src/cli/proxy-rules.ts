import type { FilterRules } from '../proxy/filter.ts'
import { usageError } from './command-error.ts'

/** The rules in text, regular expressions with commas between them; a name for each flag. */
export const defaultRules: Readonly<Record<keyof FilterRules, string>> = {
  acceptHosts: String.raw`^localhost$,^127\.0\.0\.1$,^\[::1\]$`,
  acceptPaths: '^.*',
  rejectPaths: '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach',
  rejectMethods: '^$',
}

/**
 * The rules that the flags give, with kubectl's for those that they leave out.
 *
 * @throws {@link CommandError} A usage error for a pattern that is none.
 */
export function readRules(
  flags: Partial<Readonly<Record<keyof FilterRules, string>>>,
): FilterRules {
  const read = (name: keyof FilterRules): readonly RegExp[] =>
    (flags[name] ?? defaultRules[name]).split(',').map((pattern) => readPattern(pattern))
  return {
    acceptHosts: read('acceptHosts'),
    acceptPaths: read('acceptPaths'),
    rejectPaths: read('rejectPaths'),
    rejectMethods: read('rejectMethods'),
  }
}

function readPattern(pattern: string): RegExp {
  try {
    // Go writes this flag into the expression itself.
    return pattern.startsWith('(?i)') ? new RegExp(pattern.slice(4), 'i') : new RegExp(pattern)
  } catch {
    throw usageError(
      `error parsing regexp: ${pattern}`,
      'give regular expressions with commas between them',
    )
  }
}
