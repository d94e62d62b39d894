import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { dig, http1, type Answer } from './http-clients.ts'

const root = `${plantedSecret}-root`
const path = '/api/v1/namespaces/default/serviceaccounts/build/token'
const api = 'https://kubernetes.default.svc.cluster.local'

let clock: FakeClock
let server: FakeApiServer

beforeEach(async () => {
  clock = createFakeClock()
  server = await startApiServer({
    clock,
    tokens: { [root]: { user: 'root' } },
    maxTokenSeconds: 7200,
  })
})

afterEach(() => server.close())

async function post(body: JsonObject, to = path): Promise<Answer> {
  const headers = { authorization: `Bearer ${root}`, 'content-type': 'application/json' }
  return await http1(server, to, { method: 'POST', headers, body: JSON.stringify(body) })
}

function json({ body }: Answer): JsonObject {
  // The server writes nothing else.
  return JSON.parse(body.toString('utf8')) as JsonObject
}

/** Whom the server takes somebody for who shows this answer's token. */
async function userOf(answer: Answer): Promise<unknown> {
  const token = String(dig(json(answer), 'status', 'token'))
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const review = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const seen = await http1(server, review, { method: 'POST', headers, body: '{}' })
  return seen.status === 201 ? dig(json(seen), 'status', 'userInfo') : seen.status
}

describe('a TokenRequest', () => {
  test('brings a token of the account, which the server knows until its end', async () => {
    const uid = server.createTokenOwner({ kind: 'ServiceAccount', name: 'build' })
    const answer = await post({ spec: {} })
    expect(answer.status).toBe(201)
    expect(json(answer)).toMatchObject({
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name: 'build', namespace: 'default', uid },
      spec: { audiences: [api], expirationSeconds: 3600, boundObjectRef: null },
      status: { expirationTimestamp: '2030-01-01T01:00:00Z' },
    })
    const user = { username: 'system:serviceaccount:default:build', uid }
    expect(await userOf(answer)).toMatchObject(user)
    clock.advance(3_600_001)
    expect(await userOf(answer)).toBe(401)
  })

  test('for another audience brings one that is none for this server', async () => {
    server.createTokenOwner({ kind: 'ServiceAccount', name: 'build' })
    const answer = await post({ spec: { audiences: ['vault'] } })
    expect(dig(json(answer), 'spec', 'audiences')).toEqual(['vault'])
    expect(await userOf(answer)).toBe(401)
  })

  test('for a longer life than is allowed gets a shorter one, and a warning', async () => {
    server.createTokenOwner({ kind: 'ServiceAccount', name: 'build' })
    const answer = await post({ spec: { expirationSeconds: 9000 } })
    expect(answer.headers['warning']).toBe(
      '299 - "requested expiration of 9000 seconds shortened to 7200 seconds"',
    )
    expect(dig(json(answer), 'spec', 'expirationSeconds')).toBe(7200)
  })

  test('can be bound to what is there, and ends with it', async () => {
    server.createTokenOwner({ kind: 'ServiceAccount', name: 'build' })
    for (const kind of ['Pod', 'Secret', 'Node'] as const) {
      const owner = { kind, name: 'x', serviceAccount: 'build' }
      const uid = server.createTokenOwner(owner)
      const answer = await post({
        spec: { boundObjectRef: { kind, apiVersion: 'v1', name: 'x', uid } },
      })
      expect(await userOf(answer)).toMatchObject({ username: expect.any(String) })
      server.deleteTokenOwner(owner)
      expect(await userOf(answer)).toBe(401)
    }
  })

  test('of an account that was recreated brings a token of the new one, and the old is worth nothing', async () => {
    const first = server.createTokenOwner({ kind: 'ServiceAccount', name: 'build' })
    const old = await post({ spec: {} })
    const second = server.createTokenOwner({ kind: 'ServiceAccount', name: 'build' })
    expect(second).not.toBe(first)
    expect(await userOf(old)).toBe(401)
    const answer = await post({ metadata: { uid: first }, spec: {} })
    expect([answer.status, json(answer)]).toMatchObject([
      409,
      {
        reason: 'Conflict',
        message: `Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "build": the UID in the token request (${first}) does not match the UID of the service account (${second})`,
      },
    ])
  })
})

describe('a TokenRequest is refused', () => {
  const pod = (part: JsonObject): JsonObject => ({
    spec: { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'x', ...part } },
  })

  test.each<readonly [string, JsonObject, number, string]>([
    [
      'too short a life',
      { spec: { expirationSeconds: 599 } },
      422,
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
    ],
    [
      'too long a life',
      { spec: { expirationSeconds: 2 ** 32 + 1 } },
      422,
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
    ],
    [
      'another name',
      { metadata: { name: 'other' }, spec: {} },
      422,
      'TokenRequest.authentication.k8s.io "build" is invalid: metadata.name: Invalid value: "other": must match the service account name if specified',
    ],
    ['a pod that is not there', pod({ name: 'y' }), 404, 'pods "y" not found'],
    [
      'a pod of another account',
      pod({}),
      400,
      'cannot bind token for serviceaccount "build" to pod running with different serviceaccount name.',
    ],
    [
      'another kind',
      pod({ kind: 'ConfigMap' }),
      400,
      'cannot bind token to object of type v1, Kind=ConfigMap',
    ],
  ])('with %s', async (_, body, status, message) => {
    server.createTokenOwner({ kind: 'ServiceAccount', name: 'build' })
    server.createTokenOwner({ kind: 'Pod', name: 'x' })
    const answer = await post(body)
    expect([answer.status, json(answer)['message']]).toEqual([status, message])
  })

  test('with the UID of a pod that was recreated', async () => {
    server.createTokenOwner({ kind: 'ServiceAccount', name: 'build' })
    server.createTokenOwner({ kind: 'Pod', name: 'x', serviceAccount: 'build' })
    const answer = await post(pod({ uid: 'old' }))
    expect([answer.status, json(answer)['message']]).toEqual([
      409,
      'Operation cannot be fulfilled on Pod "x": the UID in the bound object reference (old) does not match the UID in record. The object might have been deleted and then recreated',
    ])
  })

  test('for an account that is not there, and with another method', async () => {
    const missing = await post({ spec: {} })
    expect([missing.status, json(missing)['message']]).toEqual([
      404,
      'serviceaccounts "build" not found',
    ])
    const headers = { authorization: `Bearer ${root}` }
    expect((await http1(server, path, { headers })).status).toBe(405)
  })
})
