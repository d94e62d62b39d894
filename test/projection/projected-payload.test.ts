import { inspect } from 'node:util'

import { describe, expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import type { JsonValue } from '../../src/api/json.ts'
import { Secret } from '../../src/credential/secret.ts'
import {
  defaultVolume,
  rootCertificates,
  rootCertificatesName,
} from '../../src/projection/default-volume.ts'
import type { Payload } from '../../src/projection/payload.ts'
import { projectedPayload, type ProjectionInputs } from '../../src/projection/projected-payload.ts'
import { projectedVolumeOf } from '../../src/projection/read-volume.ts'
import type { ProjectedVolume, TokenProjection } from '../../src/projection/volume.ts'

const token = `${plantedSecret}-token`

function tokensOf({ sources }: ProjectedVolume): ReadonlyMap<TokenProjection, Secret> {
  const asking = sources.filter((source) => source.kind === 'serviceAccountToken')
  return new Map(asking.map((source) => [source, new Secret(token)]))
}

function make(value: JsonValue, inputs: Omit<ProjectionInputs, 'tokens'> = {}): Payload {
  const volume = projectedVolumeOf(value)
  return projectedPayload(volume, { tokens: tokensOf(volume), ...inputs })
}

function texts(payload: Payload): Record<string, string> {
  return Object.fromEntries(
    [...payload].map(([path, { data }]) => [path, Buffer.from(data).toString()]),
  )
}

const everything = {
  sources: [
    { serviceAccountToken: { path: 'token' } },
    {
      secret: {
        name: 's',
        items: [
          { key: 'k', path: 'key' },
          { key: 'k', path: 'own', mode: 0o400 },
        ],
      },
    },
    { configMap: { name: 'c' } },
    { downwardAPI: { items: [{ path: 'ns', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
  ],
}

const objects = {
  secrets: new Map([['s', { data: { k: 'a2V5' } }]]),
  configMaps: new Map([['c', { data: { text: 'é' }, binaryData: { bytes: 'AP8=' } }]]),
  facts: { namespace: 'prod' },
}

describe('modes', () => {
  const others = { text: 0o644, bytes: 0o644, ns: 0o644 }

  test.each([
    ['nothing', {}, {}, { token: 0o600, key: 0o600, own: 0o400, ...others }],
    [
      'defaultMode',
      { defaultMode: 0o444 },
      {},
      { token: 0o444, key: 0o444, own: 0o400, text: 0o444, bytes: 0o444, ns: 0o444 },
    ],
    [
      'fsUser',
      { defaultMode: 0o644 },
      { fsUser: 1000 },
      { token: 0o600, key: 0o644, own: 0o400, ...others },
    ],
    [
      'fsGroup',
      { defaultMode: 0o644 },
      { fsGroup: 2000 },
      { token: 0o640, key: 0o644, own: 0o440, ...others },
    ],
    [
      'both',
      {},
      { fsUser: 1000, fsGroup: 2000 },
      { token: 0o640, key: 0o640, own: 0o440, ...others },
    ],
  ])("are the kubelet's, but private ones are private, with %s", (_, mode, owner, expected) => {
    const payload = make({ ...everything, ...mode }, { ...objects, ...owner })
    const modes = Object.fromEntries([...payload].map(([path, file]) => [path, file.mode]))
    expect(modes).toEqual(expected)
  })

  test('only tokens belong to the user, and all files to the group', () => {
    const payload = make(everything, { ...objects, fsUser: 1000, fsGroup: 2000 })
    expect(payload.get('token')).toMatchObject({ uid: 1000, gid: 2000 })
    expect(payload.get('key')).toMatchObject({ uid: undefined, gid: 2000 })
  })
})

describe('content', () => {
  test('comes from each source', () => {
    const payload = make(everything, objects)
    expect(texts(payload)).toMatchObject({ token, key: 'key', own: 'key', text: 'é', ns: 'prod' })
    expect([...(payload.get('bytes')?.data ?? [])]).toEqual([0, 255])
  })

  test('is not printed with a file', () => {
    const payload = make(everything, objects)
    const printed =
      inspect(payload, { depth: null, showHidden: true }) + JSON.stringify([...payload])
    expect(printed).not.toContain(plantedSecret)
    expect(printed).not.toContain(String(Buffer.from(token)[0]))
  })

  test('of a path that comes again is that of the later source', () => {
    const configMaps = new Map([
      ['one', { data: { a: '1', b: '1' } }],
      ['two', { data: { b: '2' } }],
    ])
    const sources = [{ configMap: { name: 'one' } }, { configMap: { name: 'two' } }]
    expect(texts(make({ sources }, { configMaps }))).toEqual({ a: '1', b: '2' })
  })

  test('of fields is as in a pod', () => {
    const fields = [
      'metadata.name',
      'metadata.uid',
      'spec.serviceAccountName',
      'metadata.labels',
      'metadata.annotations',
      "metadata.labels['b']",
      "metadata.annotations['none']",
    ]
    const items = fields.map((fieldPath, index) => ({
      path: String(index),
      fieldRef: { fieldPath },
    }))
    const facts = {
      name: 'agent',
      uid: 'u-1',
      serviceAccountName: 'robot',
      labels: { b: '2', a: 'x "y"' },
      annotations: { 'a/b': 'line\nend\u0007\u200b' },
    }
    expect(
      Object.values(texts(make({ sources: [{ downwardAPI: { items } }] }, { facts }))),
    ).toEqual([
      'agent',
      'u-1',
      'robot',
      'a="x \\"y\\""\nb="2"',
      'a/b="line\\nend\\a\\u200b"',
      '2',
      '',
    ])
  })
})

describe('what is missing', () => {
  const sources = (...given: JsonValue[]): JsonValue => ({ sources: given })
  const items = [{ key: 'k', path: 'p' }]

  test.each<[JsonValue, string]>([
    [sources({ configMap: { name: 'x' } }), 'configmaps "x" not found'],
    [sources({ secret: { name: 'x' } }), 'secrets "x" not found'],
    [
      sources({ configMap: { name: 'c', items } }),
      'configmap references non-existent config key: k (ConfigMap "c")',
    ],
    [
      sources({ secret: { name: 'empty', items } }),
      'references non-existent secret key: k (Secret "empty")',
    ],
    [sources({ secret: { name: 'broken' } }), 'secrets "broken": the value of key k is not base64'],
    [
      sources({ downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'metadata.uid' } }] } }),
      'metadata.uid is not known outside a pod',
    ],
    [
      sources({ secret: { name: 'x' } }, { configMap: { name: 'x' } }),
      '[secrets "x" not found, configmaps "x" not found]',
    ],
  ])('is told: %j', (volume, message) => {
    const secrets = new Map([
      ['empty', { data: null }],
      ['broken', { data: { k: '?' } }],
    ])
    expect(() => make(volume, { ...objects, secrets })).toThrow(
      expect.objectContaining({
        code: 'ERR_PROJECTION_SOURCE',
        message,
        details: { field: expect.stringMatching(/^sources\[0\]\./u) },
      }),
    )
  })

  test('may be, where it is optional', () => {
    const volume = sources(
      { configMap: { name: 'x', optional: true } },
      { secret: { name: 's', items: [...items, { key: 'other', path: 'o' }], optional: true } },
    )
    expect(texts(make(volume, objects))).toEqual({ p: 'key' })
  })

  test('is a mistake of the caller, when it is a token', () => {
    const volume = projectedVolumeOf(everything)
    expect(() => projectedPayload(volume, { tokens: new Map() })).toThrow(
      new TypeError('"tokens" has none for sources[0].serviceAccountToken'),
    )
  })
})

describe('the volume that every pod has', () => {
  test('holds token, certificates and namespace', () => {
    const volume = defaultVolume({ audience: 'vault', expirationSeconds: 600 })
    const pem = Buffer.from('-----BEGIN CERTIFICATE-----\n')
    const payload = projectedPayload(volume, {
      tokens: tokensOf(volume),
      configMaps: new Map([[rootCertificatesName, rootCertificates(pem)]]),
      facts: { namespace: 'prod' },
    })
    expect(texts(payload)).toEqual({ token, 'ca.crt': String(pem), namespace: 'prod' })
    expect([...payload.values()].map(({ mode }) => mode)).toEqual([0o600, 0o644, 0o644])
    expect(volume.sources[0]).toMatchObject({ audience: 'vault', expirationSeconds: 600 })
  })

  test('does without certificates where there are none', () => {
    const volume = defaultVolume()
    const payload = projectedPayload(volume, {
      tokens: tokensOf(volume),
      facts: { namespace: 'a' },
    })
    expect([...payload.keys()]).toEqual(['token', 'namespace'])
  })

  test('keeps to the limits', () => {
    expect(() => defaultVolume({ expirationSeconds: 10 })).toThrow('less than 10 minutes')
    expect(() => defaultVolume({ path: 'ca.crt' })).toThrow('conflicting duplicate paths')
    expect(() => defaultVolume({ path: '../x' })).toThrow("must not contain '..'")
  })
})
