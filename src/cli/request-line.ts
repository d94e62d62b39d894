import { usageError } from './command-error.ts'

/** What a request asks for. */
export interface RequestLine {
  readonly method: string
  /** Path with query, or a URL. */
  readonly path: string
}

const methods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
])

const example = 'for example: kubecred request /api/v1/namespaces'

/**
 * Method and path out of `[METHOD] PATH`.
 *
 * @throws {@link CommandError} A usage error.
 */
export function readRequestLine(words: readonly string[], hasData: boolean): RequestLine {
  const [first, second, ...rest] = words
  if (first === undefined) throw usageError('a path is missing', example)
  if (rest.length > 0) {
    throw usageError(`too many arguments: ${words.join(' ')}`, 'give a method and one path')
  }
  const [method, path] =
    second === undefined ? [hasData ? 'POST' : 'GET', first] : [first.toUpperCase(), second]
  if (isPath(first) && second !== undefined) {
    throw usageError(
      `${first} is not a method`,
      isPath(second) ? 'one path at a time' : `the method comes first: ${second} ${first}`,
    )
  }
  return { method: checkMethod(method), path: checkPath(path) }
}

function isPath(word: string): boolean {
  return word.startsWith('/') || /^https?:\/\//iu.test(word)
}

function checkMethod(method: string): string {
  if (!/^[A-Z]+$/u.test(method)) throw usageError(`${method} is not a method`, example)
  if (method !== 'CONNECT') return method
  throw usageError('CONNECT is not a request to a path', 'kubecred proxy passes upgrades through')
}

function checkPath(path: string): string {
  if (!isPath(path)) {
    if (methods.has(path.toUpperCase()))
      throw usageError(`a path is missing after ${path}`, example)
    throw usageError(`path must begin with "/": ${path}`, `did you mean /${path}? ${example}`)
  }
  if (!URL.canParse(path, 'https://server')) {
    throw usageError(`${path} is not a valid URL path`, 'escape what has a meaning in URLs')
  }
  // The rest of a URL is for the client only.
  return path.replace(/#.*$/su, '')
}
