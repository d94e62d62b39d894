import { beforeEach, describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import { ObjectStore } from '../../src/testing/object-store.ts'
import { dig } from './http-clients.ts'

const maps = { resource: 'configmaps', namespace: 'default' }
const one = { ...maps, name: 'a' }
const namespaces = { resource: 'namespaces', namespace: undefined }

let store: ObjectStore
beforeEach(() => {
  store = new ObjectStore(() => Date.UTC(2030, 0, 1, 0, 0, 0, 999))
})

describe('ObjectStore', () => {
  test('starts with the namespaces of a new cluster', () => {
    expect(store.list(namespaces).body).toMatchObject({
      kind: 'NamespaceList',
      metadata: { resourceVersion: '3' },
      items: [{ metadata: { name: 'default' } }, { metadata: { name: 'kube-system' } }],
    })
  })

  test('fills in what a client cannot know', () => {
    const given = {
      kind: 'Wrong',
      metadata: { name: 'a', namespace: 'elsewhere', uid: 'mine', labels: { x: 'y' } },
      data: { k: 'v' },
    }
    expect(store.create(maps, given)).toEqual({
      statusCode: 201,
      body: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: {
          name: 'a',
          namespace: 'default',
          labels: { x: 'y' },
          uid: '00000000-0000-4000-8000-000000000004',
          creationTimestamp: '2030-01-01T00:00:00Z',
          resourceVersion: '4',
        },
        data: { k: 'v' },
      },
    })
  })

  test('refuses a second object of a name, one without, and one in a namespace that is not there', () => {
    store.create(maps, { metadata: { name: 'a' } })
    expect(store.create(maps, { metadata: { name: 'a' } })).toMatchObject({
      statusCode: 409,
      body: {
        reason: 'AlreadyExists',
        message: 'configmaps "a" already exists',
        details: { name: 'a', kind: 'configmaps' },
      },
    })
    for (const given of [{}, { metadata: {} }, { metadata: { name: '' } }, { metadata: 'a' }]) {
      expect(store.create(maps, given)).toMatchObject({
        statusCode: 422,
        body: { reason: 'Invalid', details: { kind: 'ConfigMap' } },
      })
    }
    expect(store.create({ ...maps, namespace: 'x' }, { metadata: { name: 'a' } })).toMatchObject({
      statusCode: 404,
      body: { message: 'namespaces "x" not found' },
    })
  })

  test('knows nothing of what is not there', () => {
    const missing = {
      statusCode: 404,
      body: {
        kind: 'Status',
        reason: 'NotFound',
        message: 'configmaps "a" not found',
        details: { name: 'a', kind: 'configmaps' },
        code: 404,
      },
    }
    expect(store.get(one)).toMatchObject(missing)
    expect(store.replace(one, {})).toMatchObject(missing)
    expect(store.patch(one, (object) => object)).toMatchObject(missing)
    expect(store.remove(one)).toMatchObject(missing)
  })

  test('replaces an object, but for what is its own for life', () => {
    const created = store.create(maps, { metadata: { name: 'a' } })
    const replaced = store.replace(one, {
      metadata: { name: 'a', uid: 'other', creationTimestamp: 'never' },
      data: { k: 'v' },
    })
    expect(replaced.body).toMatchObject({
      metadata: { uid: uidOf(created), creationTimestamp: '2030-01-01T00:00:00Z' },
      data: { k: 'v' },
    })
    expect(store.get(one).body).toEqual(replaced.body)
  })

  test('refuses a change to an object that another client has changed', () => {
    store.create(maps, { metadata: { name: 'a' } })
    const change = { metadata: { name: 'a', resourceVersion: '4' } }
    expect(store.replace(one, change).statusCode).toBe(200)
    expect(store.replace(one, change)).toMatchObject({
      statusCode: 409,
      body: { reason: 'Conflict', message: /the object has been modified/u },
    })
    expect(store.patch(one, () => change).statusCode).toBe(409)
    expect(store.replace(one, { metadata: { name: 'b' } }).statusCode).toBe(400)
  })

  test('patches an object and leaves the rest of it alone', () => {
    store.create(maps, { metadata: { name: 'a', labels: { x: 'y' } }, data: { k: 'v' } })
    const change = (object: JsonObject): JsonObject => ({ ...object, data: { l: 'w' } })
    const { body } = store.patch(one, change)
    expect(body).toMatchObject({ metadata: { labels: { x: 'y' } } })
    expect(dig(body, 'data')).toEqual({ l: 'w' })
    expect(store.patch(one, () => null).statusCode).toBe(400)
  })

  test('deletes the objects of a namespace with it, and no others', () => {
    store.create(namespaces, { metadata: { name: 'x' } })
    store.create({ ...maps, namespace: 'x' }, { metadata: { name: 'inside' } })
    store.create(maps, { metadata: { name: 'outside' } })
    expect(store.remove({ ...namespaces, name: 'x' })).toMatchObject({ statusCode: 200 })
    expect(store.list({ resource: 'configmaps', namespace: undefined }).body).toMatchObject({
      items: [{ metadata: { name: 'outside' } }],
    })
  })

  test('lists without the head that the list already has', () => {
    store.create(maps, { metadata: { name: 'a' } })
    const { body } = store.list(maps)
    expect(JSON.stringify(body)).not.toContain('"ConfigMap"')
  })
})

function uidOf({ body }: { readonly body: unknown }): unknown {
  return dig(body, 'metadata', 'uid')
}
