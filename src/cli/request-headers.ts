import { usageError } from './command-error.ts'

type Headers = readonly (readonly [name: string, value: string])[]

// These belong to the connection, or follow from the body.
const ownHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Reads headers as they stand on the command line: `Name: value`.
 *
 * @throws {@link CommandError} A usage error, without the value: it may be secret.
 */
export function readHeaders(lines: readonly string[]): Headers {
  return lines.map((line) => {
    const colon = line.indexOf(':')
    if (colon <= 0) {
      throw usageError('a header has no name', "write -H 'Name: value'")
    }
    const name = line.slice(0, colon).trim()
    const value = line.slice(colon + 1).trim()
    check(name, value)
    if (ownHeaders.has(name.toLowerCase())) {
      throw usageError(`header ${name} is not for you to set`, 'it follows from the rest')
    }
    return [name, value] as const
  })
}

/** The headers to send: the caller's, and what they leave open. */
export function completeHeaders(
  given: Headers,
  defaults: Readonly<Record<string, string | undefined>>,
): string[] {
  const names = new Set(given.map(([name]) => name.toLowerCase()))
  const added = Object.entries(defaults).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !names.has(entry[0].toLowerCase()),
  )
  return [...given, ...added].flat()
}

function check(name: string, value: string): void {
  if (!/^[\w!#$%&'*+.^`|~-]+$/u.test(name)) {
    throw usageError(`${JSON.stringify(name)} is not a header name`, "write -H 'Name: value'")
  }
  if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/u.test(value)) {
    throw usageError(`header ${name} has a value that cannot be sent`, 'use one line of plain text')
  }
}
