import type { Credential } from '../credential/credential.ts'
import { headerValue } from '../credential/header-value.ts'
import { KubecredError } from '../errors/kubecred-error.ts'

/** Whom to act as, by the server's leave. */
export interface Impersonation {
  readonly user: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

/** Headers as the HTTP stacks take them. */
export type RequestHeaders =
  | Readonly<Record<string, string | readonly string[] | number | null | undefined>>
  | readonly string[]
  | Iterable<readonly [string, string | readonly string[] | undefined]>
  | null
  | undefined

/** Headers with their names and values in turn, the form that both stacks take unchanged. */
export type FlatHeaders = string[]

/** What every request of a connection carries beside its own headers. */
export interface HeaderRules {
  readonly userAgent: string
  /** Impersonation headers, names and values in turn. */
  readonly impersonation: readonly string[]
}

/** A request's headers as they are sent, and whether the caller brought an `Authorization`. */
export interface AuthorizedHeaders {
  readonly headers: FlatHeaders
  /** The caller's own header stands; the credential's was not added. */
  readonly ownAuthorization: boolean
}

/**
 * The headers to send: the caller's, untouched, and after them what is missing. As in client-go the
 * caller's own `Authorization`, `User-Agent` and `Impersonate-User` win.
 */
export function authorize(
  headers: RequestHeaders,
  credential: Credential,
  rules: HeaderRules,
): AuthorizedHeaders {
  const flat = flatten(headers)
  let ownAuthorization = false
  let ownAgent = false
  let ownImpersonation = false
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index]
    // Lengths first: this runs for each header of each request.
    if (name?.length === 13) ownAuthorization ||= name.toLowerCase() === 'authorization'
    else if (name?.length === 10) ownAgent ||= name.toLowerCase() === 'user-agent'
    else if (name?.length === 16) ownImpersonation ||= name.toLowerCase() === 'impersonate-user'
  }
  const { authorization } = credential
  if (!ownAuthorization && authorization !== undefined) {
    flat.push('authorization', authorization.reveal())
  }
  if (!ownAgent) flat.push('user-agent', rules.userAgent)
  if (!ownImpersonation) flat.push(...rules.impersonation)
  return { headers: flat, ownAuthorization }
}

/**
 * The headers that ask the server to act as somebody else, as client-go writes them.
 *
 * @throws {@link KubecredError} `ERR_CREDENTIAL_INVALID` for a value that is no header.
 */
export function impersonationHeaders(impersonation: Impersonation | undefined): FlatHeaders {
  if (impersonation === undefined || impersonation.user === '') return []
  const flat: FlatHeaders = []
  const add = (name: string, value: string): void => {
    flat.push(name, headerValue(value, name))
  }
  add('Impersonate-User', impersonation.user)
  if (impersonation.uid !== '') add('Impersonate-Uid', impersonation.uid)
  for (const group of impersonation.groups) add('Impersonate-Group', group)
  for (const [key, values] of Object.entries(impersonation.extra)) {
    for (const value of values) add(`Impersonate-Extra-${escapeKey(key)}`, value)
  }
  return flat
}

/**
 * The error of a request whose credential could not be got, in client-go's words, which has none of
 * its own for files that cannot be read.
 */
export function gettingCredentials(error: unknown): unknown {
  if (!(error instanceof KubecredError) || error.code === 'ERR_CREDENTIAL_FILE') return error
  return new KubecredError(error.code, `getting credentials: ${error.message}`, {
    cause: error,
    hint: error.hint,
    details: error.details,
  })
}

function flatten(headers: RequestHeaders): FlatHeaders {
  if (headers === null || headers === undefined) return []
  if (isFlat(headers)) return [...headers]
  const flat: FlatHeaders = []
  const pairs = Symbol.iterator in headers ? headers : Object.entries(headers)
  for (const [name, value] of pairs) {
    if (value === undefined) continue
    if (value === null) flat.push(name, '')
    else if (typeof value === 'object') for (const one of value) flat.push(name, one)
    else flat.push(name, String(value))
  }
  return flat
}

function isFlat(headers: NonNullable<RequestHeaders>): headers is readonly string[] {
  return Array.isArray(headers) && (headers.length === 0 || typeof headers[0] === 'string')
}

// Characters that may stand in a header name are kept, the rest is percent-encoded byte by byte.
function escapeKey(key: string): string {
  return [...Buffer.from(key, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      if (/[A-Za-z0-9!#$&'*+.^_`|~-]/u.test(character)) return character
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}
