import { randomBytes } from 'node:crypto'

import { elementsOf, membersOf, textOf } from '../api/json-shape.ts'
import { isJsonObject, type JsonObject } from '../api/json.ts'
import type { Clock } from '../credential/clock.ts'
import type { CredentialDesk } from './credential-desk.ts'
import type { Exchange } from './exchange.ts'
import type { ObjectStore } from './object-store.ts'
import { readObject } from './read-object.ts'
import { boundResources, placeOf } from './token-owners.ts'
import { badRequest, failure, methodNotAllowed, type Reply } from './status.ts'

/** What TokenRequests are answered from. */
export interface TokenBackend {
  readonly store: ObjectStore
  readonly desk: CredentialDesk
  readonly clock: Clock
  /** Longest life of a token, seconds; longer ones are cut short, with a warning. */
  readonly maxTokenSeconds: number
}

/** The ServiceAccount that a token is wanted for. */
export interface AccountName {
  readonly namespace: string
  readonly name: string
}

const issuer = 'https://kubernetes.default.svc.cluster.local'
const kind = 'TokenRequest'
const group = 'authentication.k8s.io'

/** Answers `POST …/serviceaccounts/NAME/token`, as kube-apiserver 1.34 does. */
export async function answerTokenRequest(
  exchange: Exchange,
  account: AccountName,
  backend: TokenBackend,
): Promise<Reply> {
  if (exchange.entry.method !== 'POST') return methodNotAllowed()
  const given = await readObject(exchange)
  if ('statusCode' in given) return given
  const found = backend.store.get({ resource: 'serviceaccounts', ...account })
  if (found.statusCode !== 200) return found
  const uid = uidIn(found)
  return (
    misfit(given.object, account, uid) ??
    invalidLife(membersOf(given.object['spec'])['expirationSeconds']) ??
    misbound(given.object, account, backend) ??
    issue(given.object, { ...account, uid }, backend)
  )
}

function misfit(object: JsonObject, account: AccountName, uid: string): Reply | undefined {
  const metadata = membersOf(object['metadata'])
  for (const field of ['name', 'namespace'] as const) {
    const value = textOf(metadata[field])
    if (value === '' || value === account[field]) continue
    const words = `must match the service account ${field} if specified`
    return invalid(account.name, `metadata.${field}`, JSON.stringify(value), words)
  }
  const wanted = textOf(metadata['uid'])
  if (wanted === '' || wanted === uid) return undefined
  const words = `the UID in the token request (${wanted}) does not match the UID of the service account (${uid})`
  return conflict(`${kind}.${group}`, account.name, words)
}

function invalidLife(seconds: unknown): Reply | undefined {
  if (typeof seconds !== 'number') return undefined
  const words =
    seconds < 600
      ? 'may not specify a duration less than 10 minutes'
      : 'may not specify a duration larger than 2^32 seconds'
  const isValid = seconds >= 600 && seconds <= 2 ** 32
  return isValid ? undefined : invalid('', 'spec.expirationSeconds', String(seconds), words)
}

function misbound(
  object: JsonObject,
  { namespace, name: account }: AccountName,
  { store }: TokenBackend,
): Reply | undefined {
  const reference = membersOf(object['spec'])['boundObjectRef']
  if (reference === undefined || reference === null) return undefined
  const bound = boundObject(reference)
  const { resource, name, uid } = bound
  if (resource === undefined) {
    return badRequest(`cannot bind token to object of type ${bound.apiVersion}, Kind=${bound.kind}`)
  }
  const found = store.get({ resource, namespace: placeOf(resource, namespace), name })
  if (found.statusCode !== 200) return found
  if (resource === 'pods' && accountOfPod(found) !== account) {
    const words = `cannot bind token for serviceaccount "${account}" to pod running with different serviceaccount name.`
    return badRequest(words)
  }
  if (uid === '' || uid === uidIn(found)) return undefined
  const words = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`
  return conflict(bound.kind, name, words)
}

function issue(
  object: JsonObject,
  account: AccountName & { readonly uid: string },
  backend: TokenBackend,
): Reply {
  const { desk, clock, maxTokenSeconds } = backend
  const spec = isJsonObject(object['spec']) ? object['spec'] : {}
  const wanted = typeof spec['expirationSeconds'] === 'number' ? spec['expirationSeconds'] : 3600
  const seconds = Math.min(wanted, maxTokenSeconds)
  const audiences = elementsOf(spec['audiences']).map(textOf)
  const granted = audiences.length === 0 ? [issuer] : audiences
  const now = clock.now()
  const token = jwt({ ...account, audiences: granted, issuedAt: Math.floor(now / 1000), seconds })
  const { namespace, name, uid } = account
  const isAlive = stillThere(object, account, backend)
  desk.addToken(
    token,
    userOf(account),
    now + seconds * 1000,
    () => granted.includes(issuer) && isAlive(),
  )
  const warning = `299 - "requested expiration of ${wanted} seconds shortened to ${seconds} seconds"`
  return {
    statusCode: 201,
    headers: seconds < wanted ? { warning } : {},
    body: {
      kind,
      apiVersion: `${group}/v1`,
      metadata: { name, namespace, uid, creationTimestamp: rfc3339(now) },
      spec: {
        audiences: granted,
        expirationSeconds: seconds,
        boundObjectRef: spec['boundObjectRef'] ?? null,
      },
      status: { token, expirationTimestamp: rfc3339(now + seconds * 1000) },
    },
  }
}

/** Tells whether account and bound object are still those that the token was given for. */
function stillThere(
  object: JsonObject,
  { namespace, name, uid }: AccountName & { readonly uid: string },
  { store }: TokenBackend,
): () => boolean {
  const bound = boundObject(membersOf(object['spec'])['boundObjectRef'])
  const { resource } = bound
  const place = resource && { resource, namespace: placeOf(resource, namespace), name: bound.name }
  const find = (): string | undefined => place && store.uidOf(place)
  const first = find()
  return () =>
    store.uidOf({ resource: 'serviceaccounts', namespace, name }) === uid && find() === first
}

interface Claims extends AccountName {
  readonly uid: string
  readonly audiences: readonly string[]
  /** Seconds since the epoch. */
  readonly issuedAt: number
  readonly seconds: number
}

/** A token as the API server's, but for the signature, which is none. */
function jwt({ namespace, name, uid, audiences, issuedAt, seconds }: Claims): string {
  const claims = {
    aud: audiences,
    exp: issuedAt + seconds,
    iat: issuedAt,
    iss: issuer,
    jti: randomBytes(16).toString('hex'),
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
    nbf: issuedAt,
    sub: `system:serviceaccount:${namespace}:${name}`,
  }
  const parts = [{ alg: 'RS256', kid: 'fake' }, claims].map((part) => JSON.stringify(part))
  const signature = randomBytes(32)
  return [...parts.map((part) => Buffer.from(part)), signature]
    .map((part) => part.toString('base64url'))
    .join('.')
}

function userOf({ namespace, name, uid }: AccountName & { readonly uid: string }): {
  readonly name: string
  readonly uid: string
  readonly groups: readonly string[]
} {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  return { name: `system:serviceaccount:${namespace}:${name}`, uid, groups }
}

function boundObject(reference: unknown): {
  readonly kind: string
  readonly apiVersion: string
  readonly name: string
  readonly uid: string
  readonly resource: string | undefined
} {
  const members = membersOf(reference)
  const bound = { kind: textOf(members['kind']), apiVersion: textOf(members['apiVersion']) }
  const isCore = bound.apiVersion === 'v1' || bound.apiVersion === ''
  const resource = isCore ? boundResources.get(bound.kind) : undefined
  return { ...bound, name: textOf(members['name']), uid: textOf(members['uid']), resource }
}

function uidIn({ body }: Reply): string {
  return textOf(membersOf(membersOf(body)['metadata'])['uid'])
}

function accountOfPod({ body }: Reply): string {
  return textOf(membersOf(membersOf(body)['spec'])['serviceAccountName'])
}

function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

function invalid(name: string, field: string, value: string, words: string): Reply {
  const message = `Invalid value: ${value}: ${words}`
  return failure(422, {
    reason: 'Invalid',
    message: `${kind}.${group} "${name}" is invalid: ${field}: ${message}`,
    details: { name, group, kind, causes: [{ reason: 'FieldValueInvalid', message, field }] },
  })
}

function conflict(what: string, name: string, words: string): Reply {
  return failure(409, {
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${what} "${name}": ${words}`,
    details: { name, kind: what },
  })
}
