import { defaultRules } from '../proxy/default-rules.ts'
import type { FilterRules, Pattern } from '../proxy/filter.ts'
import { usageError } from './command-error.ts'

/**
 * The rules that the flags give, with kubectl's for those that they leave out. An empty text is an
 * empty list, which matches nothing.
 *
 * @throws {@link CommandError} A usage error for a pattern that is none.
 */
export async function readRules(
  flags: Partial<Readonly<Record<keyof FilterRules, string>>>,
): Promise<FilterRules> {
  return {
    acceptHosts: await readPatterns(flags.acceptHosts, defaultRules.acceptHosts),
    acceptPaths: await readPatterns(flags.acceptPaths, defaultRules.acceptPaths),
    rejectPaths: await readPatterns(flags.rejectPaths, defaultRules.rejectPaths),
    rejectMethods: await readPatterns(flags.rejectMethods, defaultRules.rejectMethods),
  }
}

/**
 * Patterns in Go's syntax. JavaScript's own expressions read some of it in another way, so that a rule
 * would silently not match; and they go back and forth over a text that was made for it, which keeps
 * the whole proxy waiting.
 */
async function readPatterns(
  text: string | undefined,
  preset: readonly Pattern[],
): Promise<readonly Pattern[]> {
  if (text === undefined) return preset
  if (text === '') return []
  const { RE2JS } = await import('re2js')
  try {
    return text.split(',').map((pattern) => RE2JS.compile(pattern))
  } catch (error) {
    throw usageError(
      error instanceof Error ? error.message : `error parsing regexp: ${text}`,
      "give regular expressions of Go's syntax with commas between them",
    )
  }
}
