import { createHash } from 'node:crypto'

import type { Clock } from '../credential/clock.ts'
import type { FakeUser } from './authenticate.ts'
import { documents } from './discovery.ts'
import type { Exchange } from './exchange.ts'
import { readObject } from './read-object.ts'
import { resourceKinds, type Selection } from './resource-kinds.ts'
import type { Target } from './resource-path.ts'
import { answerCollection, answerObject } from './serve-objects.ts'
import { answerTokenRequest, type AccountName, type TokenBackend } from './serve-token-request.ts'
import { serveWatch, type WatchHub } from './serve-watch.ts'
import { methodNotAllowed, noSuchPath, type Reply } from './status.ts'

/** What answers are made from. */
export interface Backend extends TokenBackend {
  readonly watches: WatchHub
}

/** A request that was let in. */
export interface AdmittedRequest {
  readonly exchange: Exchange
  readonly user: FakeUser
  readonly target: Target
  readonly query: URLSearchParams
}

/** Answers a request that was let in. */
export async function serveRequest(request: AdmittedRequest, backend: Backend): Promise<void> {
  const { exchange, target } = request
  if (target.kind === 'resource' && isWatch(request)) {
    serveWatch(exchange, selectionOf(request, target), request.query, backend)
    return
  }
  const reply =
    target.kind === 'path'
      ? await answerPath(request, target.path)
      : await answerResource(request, target, backend)
  const { statusCode, headers = {}, body } = reply
  exchange.reply({
    statusCode,
    body,
    headers: { 'cache-control': 'no-cache, private', ...headers },
  })
}

type ResourceTarget = Extract<Target, { kind: 'resource' }>

function isWatch({ exchange, query, target }: AdmittedRequest): boolean {
  const value = query.get('watch')
  const known = target.kind === 'resource' && isKept(target)
  return known && exchange.entry.method === 'GET' && (value === 'true' || value === '1')
}

function isKept({ group, resource, subresource }: ResourceTarget): boolean {
  return group === '' && resourceKinds.has(resource) && subresource === undefined
}

function asksForToken(target: ResourceTarget): target is ResourceTarget & AccountName {
  const { group, resource, subresource, namespace, name } = target
  const isOfOne = namespace !== undefined && name !== undefined
  return group === '' && resource === 'serviceaccounts' && subresource === 'token' && isOfOne
}

async function answerPath({ exchange }: AdmittedRequest, path: string): Promise<Reply> {
  const { method } = exchange.entry
  const document = documents.get(path)
  if (document !== undefined) {
    return method === 'GET' || method === 'HEAD'
      ? { statusCode: 200, body: document }
      : methodNotAllowed()
  }
  if (path !== '/echo') return noSuchPath()
  return method === 'POST' ? echo(exchange) : methodNotAllowed()
}

async function echo(exchange: Exchange): Promise<Reply> {
  const body = await exchange.readBody()
  const { method, headers } = exchange.entry
  const shown: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (name !== 'authorization' && value !== undefined) shown[name] = String(value)
  }
  const sha256 = createHash('sha256').update(body).digest('hex')
  return { statusCode: 200, body: { method, headers: shown, bodyLength: body.length, sha256 } }
}

async function answerResource(
  request: AdmittedRequest,
  target: ResourceTarget,
  backend: Backend,
): Promise<Reply> {
  if (target.group === 'authentication.k8s.io' && target.resource === 'selfsubjectreviews') {
    return selfSubjectReview(request, backend.clock)
  }
  const { exchange } = request
  if (asksForToken(target)) return answerTokenRequest(exchange, target, backend)
  if (!isKept(target)) return noSuchPath()
  const selection = selectionOf(request, target)
  const { name } = target
  return name === undefined
    ? answerCollection(exchange, selection, backend.store)
    : answerObject(exchange, { ...selection, name }, backend.store)
}

async function selfSubjectReview(
  { exchange, user }: AdmittedRequest,
  clock: Clock,
): Promise<Reply> {
  if (exchange.entry.method !== 'POST') return methodNotAllowed()
  const given = await readObject(exchange)
  if ('statusCode' in given) return given
  const { name: username, groups, uid, extra } = user
  const userInfo = {
    username,
    ...(uid === undefined ? {} : { uid }),
    groups,
    ...(extra === undefined ? {} : { extra }),
  }
  const body = {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { creationTimestamp: `${new Date(clock.now()).toISOString().slice(0, 19)}Z` },
    status: { userInfo },
  }
  return { statusCode: 201, body }
}

function selectionOf({ query }: AdmittedRequest, target: ResourceTarget): Selection {
  const { resource, namespace, name } = target
  const byField = /^metadata\.name==?(.+)$/u.exec(query.get('fieldSelector') ?? '')?.[1]
  const place = resourceKinds.get(resource)?.namespaced === true ? namespace : undefined
  return { resource, namespace: place, name: name ?? byField }
}
