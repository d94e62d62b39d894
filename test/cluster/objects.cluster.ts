import { randomBytes, randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'

import { beforeAll, beforeEach, describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { call, clients, kubeconfigFile, read, type Client } from './clients.ts'
import { besideCluster, hasCluster, realCluster } from './real-cluster.ts'

const folder = temporaryFolder()
const cluster = realCluster()

interface Listed {
  readonly metadata: { readonly continue?: string; readonly name: string }
  readonly items: readonly { readonly metadata: { readonly name: string } }[]
}

describe.skipIf(!hasCluster)(besideCluster('objects of a real server'), () => {
  let kubeconfig: string
  let configMaps: string
  const many = '/api/v1/namespaces/many/configmaps'

  beforeAll(async () => {
    const { certificatePem, privateKeyPem } = cluster().issue('root', {
      groups: ['system:masters'],
    })
    kubeconfig = await kubeconfigFile(cluster(), folder, {
      'client-certificate-data': Buffer.from(certificatePem).toString('base64'),
      'client-key-data': Buffer.from(privateKeyPem).toString('base64'),
    })
    const { admin } = cluster()
    await admin.call('POST', '/api/v1/namespaces', { metadata: { name: 'many' } })
    const names = Array.from({ length: 3000 }, (_, index) => `entry-${index}`)
    await Promise.all(names.map((name) => admin.call('POST', many, { metadata: { name } })))
  }, 120_000)

  beforeEach(async () => {
    const name = `objects-${randomUUID()}`
    await cluster().admin.call('POST', '/api/v1/namespaces', { metadata: { name } })
    configMaps = `/api/v1/namespaces/${name}/configmaps`
  })

  describe.each(clients)('over $name', ({ open }) => {
    test('are listed whole, 3,000 of them', async () => {
      await using client = await open({ kubeconfig })
      const { status, object } = await call(client, 'GET', many)
      expect(status).toBe(200)
      // A ConfigMapList.
      const { items } = object as unknown as Listed
      expect(new Set(items.map(({ metadata }) => metadata.name)).size).toBe(3000)
    })

    test('are listed page by page', async () => {
      await using client = await open({ kubeconfig })
      const names = new Set<string>()
      let token: string | undefined = ''
      while (token !== undefined) {
        const query = new URLSearchParams({ limit: '1000', continue: token })
        const { object } = await call(client, 'GET', `${many}?${String(query)}`)
        // A ConfigMapList.
        const page = object as unknown as Listed
        for (const { metadata } of page.items) names.add(metadata.name)
        token = page.metadata.continue || undefined
      }
      expect(names.size).toBe(3000)
    })

    test('of nearly a megabyte come back as they were sent', async () => {
      const data = { payload: randomBytes(490_000).toString('hex') }
      await using client = await open({ kubeconfig })
      const created = await call(client, 'POST', configMaps, { metadata: { name: 'large' }, data })
      expect(created).toMatchObject({ status: 201, object: { data } })
      expect(await call(client, 'GET', `${configMaps}/large`)).toMatchObject({ object: { data } })
    })

    test('that are too large are refused in the words of the server', async () => {
      const data = { payload: 'x'.repeat(1_100_000) }
      await using client = await open({ kubeconfig })
      const answer = await call(client, 'POST', configMaps, { metadata: { name: 'x' }, data })
      expect(answer).toMatchObject({ status: 422, object: { reason: 'Invalid' } })
    })

    test('are applied by the server, and a conflict has its owner', async () => {
      await using client = await open({ kubeconfig })
      const apply = (manager: string, color: string, force = false) =>
        applyConfigMap(client, `${configMaps}/applied`, { manager, color, force })
      expect(await apply('one', 'red')).toMatchObject({ status: 201 })
      expect(await apply('two', 'blue')).toMatchObject({
        status: 409,
        object: { message: expect.stringContaining('conflict with "one"') },
      })
      expect(await apply('two', 'blue', true)).toMatchObject({
        status: 200,
        object: { data: { color: 'blue' } },
      })
    })

    test('are watched: every change in its order, until the server ends the watch', async () => {
      await using client = await open({ kubeconfig })
      const { body } = await client.send(`${configMaps}?watch=true&timeoutSeconds=3`)
      const { admin } = cluster()
      await admin.call('POST', configMaps, { metadata: { name: 'seen' }, data: { a: '1' } })
      const uid = await uidOf(client, `${configMaps}/seen`)
      await admin.call('DELETE', `${configMaps}/seen`)
      await admin.call('POST', configMaps, { metadata: { name: 'seen' }, data: { a: '2' } })
      const events: JsonObject[] = []
      // WatchEvents, one a line.
      for await (const line of createInterface({ input: body })) {
        events.push(JSON.parse(line) as JsonObject)
      }
      const ofTest = events.filter((event) => nameIn(event) === 'seen')
      expect(ofTest.map(({ type }) => type)).toEqual(['ADDED', 'DELETED', 'ADDED'])
      expect(ofTest[1]).toMatchObject({ object: { metadata: { uid } } })
    })
  })
})

async function applyConfigMap(
  client: Client,
  path: string,
  { manager, color, force }: { manager: string; color: string; force: boolean },
): Promise<{ status: number; object: JsonObject }> {
  const metadata = { name: path.split('/').at(-1) }
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { color } }
  const query = `fieldManager=${manager}${force ? '&force=true' : ''}`
  const answer = await client.send(`${path}?${query}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: JSON.stringify(configMap),
  })
  return await read(answer)
}

async function uidOf(client: Client, path: string): Promise<string> {
  const { object } = await call(client, 'GET', path)
  // ObjectMeta.
  return (object['metadata'] as { readonly uid: string }).uid
}

function nameIn(event: JsonObject): unknown {
  // A WatchEvent with a whole object in it.
  return (event['object'] as { readonly metadata?: { readonly name?: string } }).metadata?.name
}
