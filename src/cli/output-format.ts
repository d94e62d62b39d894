import { usageError } from './command-error.ts'

/**
 * The format that `-o` asks for; without it a table for people.
 *
 * @throws {@link CommandError} A usage error, for any other than those that are allowed.
 */
export function readFormat<Format extends string>(
  wanted: string | undefined,
  allowed: readonly Format[],
): Format | 'table' {
  if (wanted === undefined || wanted === 'table') return 'table'
  const format = allowed.find((each) => each === wanted)
  if (format !== undefined) return format
  throw usageError(
    `unable to match a printer suitable for the output format "${wanted}"`,
    `allowed formats are: ${allowed.join(', ')}`,
  )
}

/** A value as text for programs. */
export async function formatted(value: object, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return `${JSON.stringify(value, undefined, 2)}\n`
  const { stringify } = await import('yaml')
  return stringify(value, { lineWidth: 0 })
}
