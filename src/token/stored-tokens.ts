import { elementsOf, membersOf, parseJson, textOf } from '../api/json-shape.ts'
import { Secret } from '../credential/secret.ts'
import type { StoredToken } from './token-store.ts'
import { tokenSubject, type ServiceAccountTokenRequest } from './token-subject.ts'

const kind = 'KubecredTokens'
const version = 1

/** Tokens as the text of a file, which holds them as they are. @param scope What they are good for. */
export function textOfTokens(tokens: readonly StoredToken[], scope: string): string {
  const plain = tokens.map((stored) => ({ ...stored, token: stored.token.reveal() }))
  return `${JSON.stringify({ kind, version, scope, tokens: plain })}\n`
}

/** The tokens in such a text, none of another scope; or what is wrong with it, if it is none. */
export function tokensInText(
  text: string,
  scope: string,
): { readonly tokens: readonly StoredToken[] } | { readonly problem: string } {
  const members = membersOf(parseJson(text))
  if (members['kind'] !== kind) return { problem: 'it holds no tokens of Kubecred' }
  if (members['version'] !== version) return { problem: 'another version of Kubecred wrote it' }
  if (members['scope'] !== scope) return { tokens: [] }
  const tokens = elementsOf(members['tokens']).map(storedToken)
  const whole = tokens.filter((token) => token !== undefined)
  return whole.length === tokens.length
    ? { tokens: whole }
    : { problem: 'a token in it is damaged' }
}

function storedToken(value: unknown): StoredToken | undefined {
  const members = membersOf(value)
  const { expiresAt, expirationSeconds, serviceAccountUid: uid } = members
  const token = textOf(members['token'])
  const request = requestOf(members['request'])
  const isWhole = token !== '' && Number.isFinite(expiresAt) && Number.isFinite(expirationSeconds)
  if (!isWhole || request === undefined) return undefined
  return {
    request,
    token: new Secret(token),
    expiresAt: Number(expiresAt),
    expirationSeconds: Number(expirationSeconds),
    audiences: elementsOf(members['audiences']).map(textOf),
    serviceAccountUid: textOf(uid) === '' ? undefined : textOf(uid),
  }
}

function requestOf(value: unknown): ServiceAccountTokenRequest | undefined {
  try {
    // It is looked at field by field there.
    return tokenSubject(membersOf(value) as unknown as ServiceAccountTokenRequest)
  } catch {
    return undefined
  }
}
