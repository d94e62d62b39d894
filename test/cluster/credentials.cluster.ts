import { randomUUID } from 'node:crypto'

import { beforeEach, describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import type { ConnectOptions } from '../../src/connect/wire.ts'
import {
  createFakeClock,
  createFakePlugin,
  type FakePlugin,
  type IssuedCertificate,
} from '../../src/doors/testing.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { call, clients, kubeconfigFile, whoIs } from './clients.ts'
import { besideCluster, hasCluster, realCluster } from './real-cluster.ts'
import { ServiceAccount } from './service-account.ts'

const folder = temporaryFolder()
const cluster = realCluster()
const namespaces = '/api/v1/namespaces'

const pairOf = ({ certificatePem, privateKeyPem }: IssuedCertificate): JsonObject => ({
  clientCertificateData: certificatePem,
  clientKeyData: privateKeyPem,
})

describe.skipIf(!hasCluster)(besideCluster('a credential that a plugin prints'), () => {
  describe.each(clients)('over $name', ({ open }) => {
    let plugin: FakePlugin
    beforeEach(async () => {
      plugin = await createFakePlugin({ directory: folder, name: `plugin-${randomUUID()}` })
    })

    const prints = (status: JsonObject): Promise<void> => plugin.behave({ credential: { status } })
    const connect = async (changes: JsonObject = {}, options: ConnectOptions = {}) => {
      const kubeconfig = await kubeconfigFile(cluster(), folder, { ...plugin.user(), ...changes })
      return await open({ kubeconfig, ...options })
    }

    test('makes one the account of its token', async () => {
      const account = await ServiceAccount.create(cluster().admin)
      await prints({ token: await account.token() })
      await using client = await connect()
      expect(await whoIs(client)).toMatchObject({ username: account.user })
    })

    test('makes one the subject of its certificate', async () => {
      await prints(pairOf(cluster().issue('ann', { groups: ['devs', 'ops'] })))
      await using client = await connect()
      expect(await whoIs(client)).toMatchObject({
        username: 'ann',
        groups: ['devs', 'ops', 'system:authenticated'],
      })
    })

    test('makes one the subject of its certificate, when there is a token as well', async () => {
      const account = await ServiceAccount.create(cluster().admin)
      await prints({ token: await account.token(), ...pairOf(cluster().issue('ann')) })
      await using client = await connect()
      expect(await whoIs(client)).toMatchObject({ username: 'ann' })
    })

    test('gives no rights, and the denial is the answer, not a reason to renew', async () => {
      await prints(pairOf(cluster().issue('nobody')))
      await using client = await connect()
      const { status, object } = await call(client, 'GET', `${namespaces}/default/secrets`)
      expect({ status, reason: object['reason'], message: object['message'] }).toEqual({
        status: 403,
        reason: 'Forbidden',
        message:
          'secrets is forbidden: User "nobody" cannot list resource "secrets" in API group "" in the namespace "default"',
      })
      expect(await plugin.runs()).toHaveLength(1)
    })

    test('serves to impersonate somebody, with all that belongs to them', async () => {
      await prints(pairOf(cluster().issue('root', { groups: ['system:masters'] })))
      await using client = await connect({
        as: 'bob@example.com',
        'as-uid': 'uid-7',
        'as-groups': ['devs', 'Ünïcode'],
        'as-user-extra': { 'example.com/scopes': ['read', 'write'], 'Odd Key': ['x'] },
      })
      expect(await whoIs(client)).toMatchObject({
        username: 'bob@example.com',
        uid: 'uid-7',
        groups: expect.arrayContaining(['devs', 'system:authenticated']),
        extra: { 'example.com/scopes': ['read', 'write'], 'odd key': ['x'] },
      })
    })

    test('is renewed before its certificate ends, and no request sees that', async () => {
      const endsIn = (seconds: number): JsonObject =>
        pairOf(cluster().issue('ann', { notAfter: new Date(Date.now() + seconds * 1000) }))
      await prints(endsIn(4))
      await using client = await connect()
      await whoIs(client)
      await prints(pairOf(cluster().issue('ann, renewed')))
      let username: unknown = ''
      while (username !== 'ann, renewed') username = (await whoIs(client))['username']
      expect(await plugin.runs()).toHaveLength(2)
    })

    test('is renewed when a server whose clock is ahead refuses its certificate on an open connection', async () => {
      const clock = createFakeClock(Date.now() - 3_600_000)
      const notAfter = new Date(Date.now() + 2000)
      await prints(pairOf(cluster().issue('ann', { notAfter })))
      await using client = await connect({}, { renewal: { clock } })
      expect(await whoIs(client)).toMatchObject({ username: 'ann' })
      await prints(pairOf(cluster().issue('ann, renewed')))
      let username: unknown = 'ann'
      while (username === 'ann') username = (await whoIs(client))['username']
      expect(username).toBe('ann, renewed')
      expect(await plugin.runs()).toMatchObject([{}, {}])
    })

    test('is renewed when its ServiceAccount was deleted and made again', async () => {
      const account = await ServiceAccount.create(cluster().admin)
      await prints({ token: await account.token() })
      await using client = await connect()
      const { uid } = await whoIs(client)
      await account.recreate()
      await prints({ token: await account.token() })
      // The server goes on accepting the old token for some seconds.
      let current = uid
      while (current === uid) current = (await whoIs(client))['uid']
      expect(await plugin.runs()).toHaveLength(2)
    })

    test('is refused, with the reason of the server, when its ServiceAccount is gone', async () => {
      const account = await ServiceAccount.create(cluster().admin)
      await prints({ token: await account.token() })
      await account.delete()
      await using client = await connect()
      const { status, object } = await call(client, 'GET', namespaces)
      expect({ status, reason: object['reason'] }).toEqual({ status: 401, reason: 'Unauthorized' })
      // The plugin was asked once more, and had nothing else.
      expect(await plugin.runs()).toHaveLength(2)
    })
  })
})
