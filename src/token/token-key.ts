import { goQuoted } from '../encoding/go-quote.ts'
import type { ServiceAccountTokenRequest } from './token-subject.ts'

/**
 * A text that is the same for two requests exactly when the kubelet would keep one token for them: the
 * same namespace, name, audiences in order, seconds, bound object and UID. Each part has its length before
 * it, so that no two can be taken for one.
 */
export function cacheKeyOf(request: ServiceAccountTokenRequest): string {
  const {
    namespace,
    name,
    audiences,
    expirationSeconds = 0,
    boundObject,
    serviceAccountUid,
  } = request
  const account = `${namespace.length}:${namespace}${name.length}:${name}${expirationSeconds};`
  return account + ofAudiences(audiences) + ofBoundObject(boundObject) + part(serviceAccountUid)
}

function ofAudiences(audiences: ServiceAccountTokenRequest['audiences']): string {
  if (audiences === undefined) return '-'
  let key = `${audiences.length};`
  for (const audience of audiences) key += part(audience)
  return key
}

function ofBoundObject(bound: ServiceAccountTokenRequest['boundObject']): string {
  if (bound === undefined) return '0:0:0:0:'
  return part(bound.kind) + part(bound.apiVersion) + part(bound.name) + part(bound.uid)
}

function part(text: string | undefined): string {
  return text === undefined ? '0:' : `${text.length}:${text}`
}

/** The same text in one piece: one that was put together holds on to all its parts. */
export function flat(text: string): string {
  const copy = Buffer.from(text, 'latin1').toString('latin1')
  return copy === text ? copy : text
}

/** The kubelet's text for what is asked for, in Go's syntax; nothing in it is a secret. */
export function keyText(request: ServiceAccountTokenRequest): string {
  const {
    namespace,
    name,
    audiences,
    expirationSeconds = 0,
    boundObject,
    serviceAccountUid = '',
  } = request
  const { kind = '', apiVersion = '', name: boundName = '', uid = '' } = boundObject ?? {}
  const list = audiences === undefined ? '(nil)' : `{${audiences.map(goQuoted).join(', ')}}`
  const reference = `Kind:${goQuoted(kind)}, APIVersion:${goQuoted(apiVersion)}, Name:${goQuoted(boundName)}, UID:${goQuoted(uid)}`
  return [
    goQuoted(name),
    goQuoted(namespace),
    `[]string${list}`,
    expirationSeconds,
    `v1.BoundObjectReference{${reference}}`,
    goQuoted(serviceAccountUid),
  ].join('/')
}
