import { beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { serviceAccountClaims } from '../../src/api/service-account-claims.ts'
import { createFakeClock } from '../../src/doors/testing.ts'
import { subscribe } from '../../src/events/channels.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { clients, kubeconfigFile, whoIs } from './clients.ts'
import { besideCluster, hasCluster, realCluster } from './real-cluster.ts'
import { ServiceAccount } from './service-account.ts'
import { grantTokenRights, openManager } from './token-agent.ts'
import { reviewOf } from './token-review.ts'

const folder = temporaryFolder()
const cluster = realCluster({
  flags: [
    '--service-account-max-token-expiration=2h',
    '--service-account-extend-token-expiration=true',
  ],
})
const apiServer = 'https://kubernetes.default.svc'
let account: ServiceAccount

beforeAll(async () => {
  if (hasCluster) await grantTokenRights(cluster())
}, 60_000)
beforeEach(async () => {
  if (hasCluster) account = await ServiceAccount.create(cluster().admin)
})

const open = (options: Parameters<typeof openManager>[2] = {}) =>
  openManager(cluster(), folder, options)

describe.skipIf(!hasCluster)(besideCluster('a token that a manager gives'), () => {
  test.each(['undici', 'node:https'] as const)(
    'is one that the server takes for its account, over %s',
    async (stack) => {
      await using scene = await open({ stack })
      const token = await scene.manager.getServiceAccountToken(account.request)
      expect(token).toMatchObject({
        namespace: account.namespace,
        serviceAccount: 'builder',
        serviceAccountUid: account.uid,
        audiences: [apiServer],
        expirationSeconds: 3600,
      })
      expect(await reviewOf(cluster().admin, token)).toMatchObject({
        authenticated: true,
        user: { username: account.user, uid: account.uid },
        audiences: [apiServer],
      })
      expect(scene.requests.lines).toEqual([tokenRequest()])
    },
  )

  test.each(clients)('makes one its account, over $name', async ({ open: connect }) => {
    await using scene = await open()
    const { token } = await scene.manager.getServiceAccountToken(account.request)
    await using client = await connect({
      kubeconfig: await kubeconfigFile(cluster(), folder, { token: token.reveal() }),
    })
    expect(await whoIs(client)).toMatchObject({ username: account.user, uid: account.uid })
  })

  test('is taken by those whom it is meant for, and by nobody else', async () => {
    await using scene = await open()
    const audiences = ['vault', 'registry']
    const token = await scene.manager.getServiceAccountToken({ ...account.request, audiences })
    const { admin } = cluster()
    expect(token.audiences).toEqual(audiences)
    expect(await reviewOf(admin, token, ['registry', 'other'])).toMatchObject({
      authenticated: true,
      user: { username: account.user },
      audiences: ['registry'],
    })
    expect(await reviewOf(admin, token, ['other'])).not.toHaveProperty('authenticated')
    expect(await reviewOf(admin, token)).toMatchObject({
      error: expect.stringContaining('token audiences ["vault" "registry"] is invalid'),
    })
  })

  test('lives as long as the server grants, and not as long as was asked for', async () => {
    const warnings: object[] = []
    const unsubscribe = subscribe('kubecred:token:warning', (event) => warnings.push(event))
    const clock = createFakeClock(Date.now())
    await using scene = await open({ clock })
    const request = { ...account.request, expirationSeconds: 100_000 }
    const first = await scene.manager.getServiceAccountToken(request)
    unsubscribe()
    expect(first.expirationSeconds).toBe(7200)
    expect(warnings).toEqual([
      {
        namespace: account.namespace,
        serviceAccount: 'builder',
        warning: 'requested expiration of 100000 seconds shortened to 7200 seconds',
      },
    ])
    clock.advance(7200 * 820)
    await until(async () => (await scene.manager.getServiceAccountToken(request)) !== first)
    expect(scene.requests.lines).toHaveLength(2)
  })

  test('for a pod, which lives a year, is renewed within the hour that its status says', async () => {
    const clock = createFakeClock(Date.now())
    await using scene = await open({ clock })
    await addPod()
    const request = {
      ...account.request,
      expirationSeconds: 3607,
      boundObject: { kind: 'Pod', apiVersion: 'v1', name: 'pod' },
    }
    const token = await scene.manager.getServiceAccountToken(request)
    const { issuedAt = 0, expiresAt = 0 } = serviceAccountClaims(token.token.reveal()) ?? {}
    expect(expiresAt - issuedAt).toBe(365 * 24 * 3600)
    expect(token).toMatchObject({
      expirationSeconds: 3607,
      expiresAt: (issuedAt + 3607) * 1000,
    })
    clock.advance(3607 * 820)
    await until(async () => (await scene.manager.getServiceAccountToken(request)) !== token)
    expect(scene.requests.lines).toHaveLength(2)
  })
})

describe.skipIf(!hasCluster)(besideCluster('a token that is bound'), () => {
  const objects = {
    Pod: () => addPod(),
    Secret: () => account.add('secrets', { metadata: { name: 'secret' } }),
    Node: () => addNode('node'),
  }
  const extras = (kind: keyof typeof objects, uid: string): object => {
    const prefix = 'authentication.kubernetes.io'
    const name = kind.toLowerCase()
    return kind === 'Secret'
      ? {}
      : { [`${prefix}/${name}-name`]: [name], [`${prefix}/${name}-uid`]: [uid] }
  }
  const remove = (kind: keyof typeof objects): Promise<unknown> =>
    kind === 'Node'
      ? cluster().admin.call('DELETE', '/api/v1/nodes/node')
      : account.remove(`${kind.toLowerCase()}s`, kind.toLowerCase())

  test.each(['Pod', 'Secret', 'Node'] as const)(
    'to a %s says so, ends with it, and is given no more once the manager knows',
    async (kind) => {
      await using scene = await open()
      const { manager } = scene
      const { admin } = cluster()
      const uid = await objects[kind]()
      const boundObject = { kind, apiVersion: 'v1', name: kind.toLowerCase(), uid }
      const request = { ...account.request, boundObject }
      const token = await manager.getServiceAccountToken(request)
      expect(await reviewOf(admin, token)).toMatchObject({
        authenticated: true,
        user: { username: account.user, uid: account.uid, extra: extras(kind, uid) },
      })
      await remove(kind)
      // The server goes on accepting for some seconds what it has accepted.
      let review = await reviewOf(admin, token)
      while (review.authenticated === true) review = await reviewOf(admin, token)
      expect(review.error).toContain('service account token has been invalidated')
      // There is no better one, and nobody has told the manager that the object is gone.
      expect(await manager.rejected(token)).toBe(token)
      expect([manager.deleteServiceAccountToken(uid), manager.size]).toEqual([1, 0])
      await expect(manager.getServiceAccountToken(request)).rejects.toMatchObject({
        code: 'ERR_TOKEN_REQUEST',
        message: `failed to fetch token: ${kind.toLowerCase()}s "${kind.toLowerCase()}" not found`,
        details: { statusCode: 404, reason: 'NotFound' },
      })
    },
  )

  test('to a Pod on a Node names both', async () => {
    await using scene = await open()
    const nodeUid = await addNode('with-pod')
    const uid = await addPod('with-pod')
    const boundObject = { kind: 'Pod', apiVersion: 'v1', name: 'pod', uid }
    const token = await scene.manager.getServiceAccountToken({ ...account.request, boundObject })
    expect(await reviewOf(cluster().admin, token)).toMatchObject({
      user: {
        extra: {
          'authentication.kubernetes.io/pod-uid': [uid],
          'authentication.kubernetes.io/node-name': ['with-pod'],
          'authentication.kubernetes.io/node-uid': [nodeUid],
        },
      },
    })
  })

  test('is refused for a Pod that was made anew, and for one of another account', async () => {
    await using scene = await open()
    await addPod()
    const boundObject = { kind: 'Pod', apiVersion: 'v1', name: 'pod', uid: 'uid-of-old' }
    const { manager } = scene
    await expect(
      manager.getServiceAccountToken({ ...account.request, boundObject }),
    ).rejects.toMatchObject({
      code: 'ERR_TOKEN_REQUEST',
      message: expect.stringContaining(
        'failed to fetch token: Operation cannot be fulfilled on Pod "pod": the UID in the bound object reference (uid-of-old) does not match the UID in record',
      ),
      details: { statusCode: 409, reason: 'Conflict' },
    })
    await account.add('serviceaccounts', { metadata: { name: 'other' } })
    await expect(
      manager.getServiceAccountToken({ ...account.request, name: 'other', boundObject }),
    ).rejects.toMatchObject({
      message:
        'failed to fetch token: cannot bind token for serviceaccount "other" to pod running with different serviceaccount name.',
      details: { statusCode: 400, reason: 'BadRequest' },
    })
  })
})

describe.skipIf(!hasCluster)(besideCluster('a token that cannot be had'), () => {
  test('of an account that is not there fails with its name, and the server is asked once what it has', async () => {
    await using scene = await open()
    const { manager, requests } = scene
    for (const name of ['nobody', 'no-one']) {
      await expect(
        manager.getServiceAccountToken({ ...account.request, name }),
      ).rejects.toMatchObject({
        code: 'ERR_TOKEN_REQUEST',
        message: `failed to fetch token: serviceaccounts "${name}" not found`,
        details: { statusCode: 404, reason: 'NotFound' },
      })
    }
    expect(requests.lines).toEqual([tokenRequest('nobody'), 'GET /api/v1', tokenRequest('no-one')])
  })

  test('for want of a right fails with the right', async () => {
    await using scene = await open({ user: 'nobody' })
    await expect(scene.manager.getServiceAccountToken(account.request)).rejects.toMatchObject({
      message: expect.stringContaining(
        'User "nobody" cannot create resource "serviceaccounts/token"',
      ),
      hint: expect.stringContaining('needs the verb "create" on "serviceaccounts/token"'),
      details: { statusCode: 403, reason: 'Forbidden' },
    })
  })

  test('for its length fails with the words of the server', async () => {
    await using scene = await open()
    await expect(
      scene.manager.getServiceAccountToken({ ...account.request, expirationSeconds: 599 }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('may not specify a duration less than 10 minutes'),
      details: { statusCode: 422, reason: 'Invalid' },
    })
  })
})

function tokenRequest(name = 'builder'): string {
  return `POST /api/v1/namespaces/${account.namespace}/serviceaccounts/${name}/token`
}

async function addPod(nodeName?: string): Promise<string> {
  const spec = {
    serviceAccountName: 'builder',
    containers: [{ name: 'main', image: 'none' }],
    ...(nodeName === undefined ? {} : { nodeName }),
  }
  return await account.add('pods', { metadata: { name: 'pod' }, spec })
}

async function addNode(name: string): Promise<string> {
  const { metadata } = await cluster().admin.call('POST', '/api/v1/nodes', { metadata: { name } })
  // ObjectMeta.
  return (metadata as { readonly uid: string }).uid
}
