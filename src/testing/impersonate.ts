import type { FakeUser } from './authenticate.ts'
import { decodePart } from './resource-path.ts'
import { badRequest, type Reply } from './status.ts'

/**
 * The user that a request acts as, by its `Impersonate-*` headers; the user itself without any.
 *
 * @param rawHeaders Names and values by turns, so that repeated headers are told apart.
 */
export function impersonate(user: FakeUser, rawHeaders: readonly string[]): FakeUser | Reply {
  const headers = impersonationHeaders(rawHeaders)
  if (headers.length === 0) return user
  const all = (wanted: string): readonly string[] =>
    headers.filter(({ name }) => name === wanted).map(({ value }) => value)
  const [name] = all('user')
  if (name === undefined) return badRequest('requested impersonation without impersonating a user')
  const extra: Record<string, readonly string[]> = {}
  for (const header of headers) {
    if (!header.name.startsWith('extra-')) continue
    const key = decodePart(header.name.slice('extra-'.length))
    extra[key] = [...(extra[key] ?? []), header.value]
  }
  const [uid] = all('uid')
  const groups = [...all('group'), 'system:authenticated']
  return { name, groups: [...new Set(groups)], ...(uid === undefined ? {} : { uid }), extra }
}

interface ImpersonationHeader {
  /** In lower case, without `impersonate-`. */
  readonly name: string
  readonly value: string
}

function impersonationHeaders(rawHeaders: readonly string[]): readonly ImpersonationHeader[] {
  const prefix = 'impersonate-'
  return rawHeaders.flatMap((name, at) => {
    const lower = name.toLowerCase()
    if (at % 2 === 1 || !lower.startsWith(prefix)) return []
    return [{ name: lower.slice(prefix.length), value: rawHeaders[at + 1] ?? '' }]
  })
}
