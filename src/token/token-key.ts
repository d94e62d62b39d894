import { goQuote } from '../encoding/go-quote.ts'
import type { ServiceAccountTokenRequest } from './token-subject.ts'

type Audiences = ServiceAccountTokenRequest['audiences']
type BoundObject = ServiceAccountTokenRequest['boundObject']

/**
 * Whether the kubelet would keep one token for two requests: they name the same account, audiences in
 * the same order, seconds, bound object and UID. What is not given is the same as empty or 0, but for audiences.
 */
export function isSameRequest(
  one: ServiceAccountTokenRequest,
  other: ServiceAccountTokenRequest,
): boolean {
  return (
    one.name === other.name &&
    one.namespace === other.namespace &&
    (one.expirationSeconds ?? 0) === (other.expirationSeconds ?? 0) &&
    (one.serviceAccountUid ?? '') === (other.serviceAccountUid ?? '') &&
    isSameObject(one.boundObject, other.boundObject) &&
    areSameAudiences(one.audiences, other.audiences)
  )
}

function isSameObject(one: BoundObject, other: BoundObject): boolean {
  return (
    (one?.uid ?? '') === (other?.uid ?? '') &&
    (one?.name ?? '') === (other?.name ?? '') &&
    (one?.kind ?? '') === (other?.kind ?? '') &&
    (one?.apiVersion ?? '') === (other?.apiVersion ?? '')
  )
}

function areSameAudiences(one: Audiences, other: Audiences): boolean {
  if (one === undefined || other === undefined) return one === other
  return one.length === other.length && one.every((audience, index) => audience === other[index])
}

/**
 * Where a token is looked for: with others of the same bound object, by its UID, or else of the same
 * name. Those that lie there are few, and none of the others has to be looked at.
 */
export function shelfOf({ namespace, name, boundObject }: ServiceAccountTokenRequest): string {
  return boundObject?.uid || `${namespace}/${boundObject?.name || name}`
}

/** The kubelet's text for what is asked for, in Go's syntax; nothing in it is a secret. */
export function keyText(request: ServiceAccountTokenRequest): string {
  const { namespace, name, audiences, expirationSeconds = 0, boundObject } = request
  const { kind = '', apiVersion = '', name: boundName = '', uid = '' } = boundObject ?? {}
  const list = audiences === undefined ? '(nil)' : `{${audiences.map(goQuote).join(', ')}}`
  const reference = `Kind:${goQuote(kind)}, APIVersion:${goQuote(apiVersion)}, Name:${goQuote(boundName)}, UID:${goQuote(uid)}`
  return [
    goQuote(name),
    goQuote(namespace),
    `[]string${list}`,
    expirationSeconds,
    `v1.BoundObjectReference{${reference}}`,
    goQuote(request.serviceAccountUid ?? ''),
  ].join('/')
}
