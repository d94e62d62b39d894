import { beforeAll, beforeEach, describe, expect, test, type TestContext } from 'vitest'

import type { CredentialSource } from '../../src/doors/index.ts'
import { createFakeClock } from '../../src/doors/testing.ts'
import { UndiciCluster } from '../../src/doors/undici.ts'
import { subscribe, type KubecredEvents } from '../../src/events/channels.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { clientOf, whoIs, type Client } from './clients.ts'
import { besideCluster, hasCluster, realCluster } from './real-cluster.ts'
import { ServiceAccount } from './service-account.ts'
import { grantTokenRights, openManager } from './token-agent.ts'
import { reviewOf } from './token-review.ts'

type Recreated = KubecredEvents['kubecred:token:recreated']

const folder = temporaryFolder()
const cluster = realCluster()
const audiences = [undefined, ['vault'], ['registry']] as const
let account: ServiceAccount

beforeAll(async () => {
  if (hasCluster) await grantTokenRights(cluster())
}, 60_000)
beforeEach(async () => {
  if (hasCluster) account = await ServiceAccount.create(cluster().admin)
})

/** The events of recreated accounts, from now until the end of the test. */
function recreatedEvents({ onTestFinished }: TestContext): readonly Recreated[] {
  const events: Recreated[] = []
  onTestFinished(subscribe('kubecred:token:recreated', (event) => events.push(event)))
  return events
}

describe.skipIf(!hasCluster)(besideCluster('a ServiceAccount that is made anew'), () => {
  test('is noticed at the next token of any kind, which takes all of the old one along', async (context) => {
    const events = recreatedEvents(context)
    await using scene = await openManager(cluster(), folder)
    const getAll = () =>
      Promise.all(
        audiences.map((each) =>
          scene.manager.getServiceAccountToken({ ...account.request, audiences: each }),
        ),
      )
    const before = await getAll()
    const previousUid = account.uid
    await account.recreate()
    // Nobody has told the manager.
    expect(await getAll()).toEqual(before)
    await scene.manager.getServiceAccountToken({ ...account.request, expirationSeconds: 600 })
    const after = await getAll()
    expect(after.map(({ serviceAccountUid }) => serviceAccountUid)).toEqual(
      audiences.map(() => account.uid),
    )
    expect(events).toEqual([
      {
        namespace: account.namespace,
        serviceAccount: 'builder',
        previousUid,
        uid: account.uid,
        dropped: audiences.length,
      },
    ])
    const token = await scene.manager.getServiceAccountToken(account.request)
    expect(await reviewOf(cluster().admin, token)).toMatchObject({
      authenticated: true,
      user: { uid: account.uid },
    })
  })

  test('is noticed at a reported 401, which the server answers to an old token after ten seconds only', async (context) => {
    const events = recreatedEvents(context)
    const { admin } = cluster()
    await using scene = await openManager(cluster(), folder)
    const { manager } = scene
    const forVault = { ...account.request, audiences: ['vault'] }
    const other = await manager.getServiceAccountToken(forVault)
    const token = await manager.getServiceAccountToken(account.request)
    const firstUse = performance.now()
    expect(await reviewOf(admin, token)).toMatchObject({ authenticated: true })
    await account.recreate()
    let review = await reviewOf(admin, token)
    while (review.authenticated === true) review = await reviewOf(admin, token)
    expect(performance.now() - firstUse).toBeGreaterThan(9_900)
    const next = await manager.rejected(token)
    expect(next.serviceAccountUid).toBe(account.uid)
    expect(await reviewOf(admin, next)).toMatchObject({ authenticated: true })
    expect(events).toMatchObject([{ uid: account.uid, dropped: 2 }])
    expect(await manager.getServiceAccountToken(forVault)).not.toBe(other)
    // Another caller who had the old one is answered from what is there.
    const sent = scene.requests.lines.length
    expect(await manager.rejected(token)).toBe(next)
    expect(scene.requests.lines).toHaveLength(sent)
  })

  test('is noticed by the check of accounts, without a token being asked for', async (context) => {
    const events = recreatedEvents(context)
    const clock = createFakeClock(Date.now())
    await using scene = await openManager(cluster(), folder, { clock, checkAccountsMs: 60_000 })
    const { manager, requests } = scene
    const checks = (): number => requests.lines.filter((line) => line.startsWith('GET')).length
    const old = await manager.getServiceAccountToken(account.request)
    clock.advance(60_000)
    // The sweep of the cache has a timer, and so has the next check when this one is done.
    await until(() => checks() === 1 && requests.inFlight === 0 && clock.pendingTimers === 2)
    expect(await manager.getServiceAccountToken(account.request)).toBe(old)
    await account.recreate()
    clock.advance(60_000)
    await until(() => events.length === 1)
    expect(events).toMatchObject([
      { previousUid: old.serviceAccountUid, uid: account.uid, dropped: 1 },
    ])
    const next = await manager.getServiceAccountToken(account.request)
    expect(next.serviceAccountUid).toBe(account.uid)
    expect(requests.lines).toEqual([
      `POST ${accountPath()}/token`,
      `GET ${accountPath()}`,
      `GET ${accountPath()}`,
      `POST ${accountPath()}/token`,
    ])
  })

  test('is not felt by a program that spends the token as a source', async () => {
    await using scene = await openManager(cluster(), folder)
    await using client = spending(scene.manager.source(account.request))
    expect(await whoIs(client)).toMatchObject({ uid: account.uid })
    await account.recreate()
    // The server goes on accepting the old token for some seconds; no answer but a success is one here.
    let uid: unknown = ''
    while (uid !== account.uid) ({ uid } = await whoIs(client))
    expect(scene.requests.lines).toHaveLength(2)
  })

  test('is refused to whoever asks for a token of the old one', async () => {
    await using scene = await openManager(cluster(), folder)
    const { manager } = scene
    const request = { ...account.request, serviceAccountUid: account.uid }
    const old = await manager.getServiceAccountToken(request)
    await account.recreate()
    await manager.getServiceAccountToken(account.request)
    await expect(manager.getServiceAccountToken(request)).rejects.toMatchObject({
      code: 'ERR_TOKEN_REQUEST',
      message: `failed to fetch token: Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "builder": the UID in the token request (${old.serviceAccountUid ?? ''}) does not match the UID of the service account (${account.uid})`,
      details: { statusCode: 409, reason: 'Conflict' },
    })
  })
})

describe.skipIf(!hasCluster)(besideCluster('a ServiceAccount that is deleted'), () => {
  test('is noticed at the next request for a token of any kind, and not at one for a Pod that is missing', async (context) => {
    const events = recreatedEvents(context)
    await using scene = await openManager(cluster(), folder)
    const { manager } = scene
    const token = await manager.getServiceAccountToken(account.request)
    const boundObject = { kind: 'Pod', apiVersion: 'v1', name: 'builder', uid: account.uid }
    const failure = { code: 'ERR_TOKEN_REQUEST', details: { statusCode: 404, reason: 'NotFound' } }
    await expect(
      manager.getServiceAccountToken({ ...account.request, boundObject }),
    ).rejects.toMatchObject(failure)
    expect(await manager.getServiceAccountToken(account.request)).toBe(token)
    await account.delete()
    await expect(
      manager.getServiceAccountToken({ ...account.request, audiences: ['vault'] }),
    ).rejects.toMatchObject(failure)
    expect(events).toMatchObject([{ serviceAccount: 'builder', uid: undefined, dropped: 1 }])
    await expect(manager.getServiceAccountToken(account.request)).rejects.toMatchObject(failure)
  })

  test('is noticed by the check of accounts, has no token any more, and has one when it is back', async (context) => {
    const events = recreatedEvents(context)
    const clock = createFakeClock(Date.now())
    await using scene = await openManager(cluster(), folder, { clock, checkAccountsMs: 60_000 })
    const { manager } = scene
    const old = await manager.getServiceAccountToken(account.request)
    await account.delete()
    expect(await manager.getServiceAccountToken(account.request)).toBe(old)
    clock.advance(60_000)
    await until(() => events.length === 1)
    expect(events).toMatchObject([
      { previousUid: old.serviceAccountUid, uid: undefined, dropped: 1 },
    ])
    await expect(manager.getServiceAccountToken(account.request)).rejects.toMatchObject({
      message: 'failed to fetch token: serviceaccounts "builder" not found',
      details: { statusCode: 404, reason: 'NotFound' },
    })
    await account.create()
    clock.advance(2000)
    const next = await manager.getServiceAccountToken(account.request)
    expect(next.serviceAccountUid).toBe(account.uid)
  })
})

/** A client of the cluster with the credential of a source. */
function spending(source: CredentialSource): Client {
  const { url, certificateAuthorityPem } = cluster()
  const server = { url, certificateAuthorityPem, tlsServerName: '', insecureSkipTlsVerify: false }
  const rules = { userAgent: 'kubecred-test', impersonation: [] }
  return clientOf(new UndiciCluster({ server, source, rules, namespace: 'default' }, {}))
}

function accountPath(): string {
  return `/api/v1/namespaces/${account.namespace}/serviceaccounts/builder`
}
