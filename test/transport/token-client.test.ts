import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import * as https from '../../src/doors/https.ts'
import { TokenManager } from '../../src/doors/token.ts'
import * as undici from '../../src/doors/undici.ts'
import { subscribe } from '../../src/events/channels.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const kubeconfig = `${temporaryFolder()}/config`
const root = `${plantedSecret}-root`
const account = { kind: 'ServiceAccount', name: 'build' } as const
const build = { namespace: 'default', name: 'build' }
const path = '/api/v1/namespaces/default/serviceaccounts/build/token'

describe.each([
  ['kubecred/undici', undici],
  ['kubecred/https', https],
])('tokens over %s', (_, { connect, tokenClient }) => {
  let server: FakeApiServer
  let cluster: Awaited<ReturnType<typeof connect>>
  let manager: TokenManager

  beforeEach(async () => {
    server = await startApiServer({ tokens: { [root]: { user: 'root' } }, maxTokenSeconds: 7200 })
    await writeKubeconfig(kubeconfig, server.kubeconfig({ user: { token: root } }))
    cluster = await connect({ kubeconfig })
    manager = new TokenManager({ client: tokenClient(cluster) })
  })

  afterEach(async () => {
    await manager.close()
    await cluster.close()
    await server.close()
  })

  test('come from the server, which knows them', async () => {
    const uid = server.createTokenOwner(account)
    const warnings: string[] = []
    const end = subscribe('kubecred:token:warning', ({ warning }) => warnings.push(warning))
    const token = await manager.getServiceAccountToken({ ...build, expirationSeconds: 9000 })
    end()
    expect(token).toMatchObject({
      serviceAccountUid: uid,
      expirationSeconds: 7200,
      audiences: ['https://kubernetes.default.svc.cluster.local'],
    })
    expect(warnings).toEqual(['requested expiration of 9000 seconds shortened to 7200 seconds'])
    await writeKubeconfig(kubeconfig, server.kubeconfig({ user: { token: token.token.reveal() } }))
    await using other = await connect({ kubeconfig })
    const version = await other.request('/version')
    expect(version.statusCode).toBe(200)
    expect(server.requests.map(({ method, path: asked, user }) => [method, asked, user])).toEqual([
      ['POST', path, 'root'],
      ['GET', '/version', 'system:serviceaccount:default:build'],
    ])
    expect(server.requests[0]?.headers['content-type']).toBe('application/json')
  })

  test('of an account that is not there fail in the words of the kubelet', async () => {
    await expect(manager.getServiceAccountToken(build)).rejects.toMatchObject({
      code: 'ERR_TOKEN_REQUEST',
      message: 'failed to fetch token: serviceaccounts "build" not found',
      details: { statusCode: 404, reason: 'NotFound' },
    })
    expect(server.requests.map(({ path: asked }) => asked)).toEqual([path, '/api/v1'])
  })

  test('of a recreated account replace the old ones at a 401', async () => {
    server.createTokenOwner(account)
    const old = await manager.getServiceAccountToken(build)
    const uid = server.createTokenOwner(account)
    const renewed = await manager.rejected(old)
    expect(renewed.serviceAccountUid).toBe(uid)
  })

  test('are asked for once, whatever the server says, for as long as it wants', async () => {
    server.createTokenOwner(account)
    server.respondOnce({ statusCode: 429, headers: { 'retry-after': '5' } })
    await expect(manager.getServiceAccountToken(build)).rejects.toMatchObject({
      details: { statusCode: 429, retryAfterMs: 5000 },
    })
    expect(server.requests).toHaveLength(1)
  })

  test('and answers without end are given up', async () => {
    server.intercept((request, responder) => {
      if (request.path !== path) return false
      responder.endless({ statusCode: 201 })
      return true
    })
    await expect(manager.getServiceAccountToken(build)).rejects.toMatchObject({
      code: 'ERR_TOKEN_REPLY',
      message: `failed to fetch token: ${path}: the answer is longer than 4 MiB`,
    })
  })

  test('are not waited for any more when nobody is there to wait', async () => {
    const stopped = Promise.withResolvers<void>()
    server.intercept((request, responder) => {
      if (request.path !== path) return false
      responder.begin({ statusCode: 201 }).once('close', stopped.resolve)
      void manager.close()
      return true
    })
    await expect(manager.getServiceAccountToken(build)).rejects.toMatchObject({
      code: 'ERR_CLOSED',
    })
    await stopped.promise
  })
})
