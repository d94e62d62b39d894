import { describe, expect, test } from 'vitest'

import { projectedVolumeOf, readProjectedVolume } from '../../src/projection/read-volume.ts'
import type { ProjectedVolume } from '../../src/projection/volume.ts'
import { difference } from '../differences.ts'

function read(text: string): ProjectedVolume {
  return readProjectedVolume(Buffer.from(text), 'spec.yaml')
}

const whole = `
name: tokens
projected:
  defaultMode: 0640
  sources:
  - serviceAccountToken:
      audience: vault
      expirationSeconds: 7200
      path: vault-token
  - serviceAccountToken: { path: token }
  - configMap:
      name: kube-root-ca.crt
      items: [{ key: ca.crt, path: tls/ca.crt, mode: 0444 }]
  - secret: { name: keys, optional: true }
  - downwardAPI:
      items:
      - { path: namespace, fieldRef: { apiVersion: v1, fieldPath: metadata.namespace } }
      - { path: app, fieldRef: { fieldPath: "metadata.labels['app']" }, mode: 256 }
`

describe('a volume', () => {
  test('has its defaults filled in', () => {
    expect(read(whole)).toEqual({
      defaultMode: 0o640,
      sources: [
        {
          kind: 'serviceAccountToken',
          audience: 'vault',
          expirationSeconds: 7200,
          path: 'vault-token',
        },
        { kind: 'serviceAccountToken', audience: '', expirationSeconds: 3600, path: 'token' },
        {
          kind: 'configMap',
          name: 'kube-root-ca.crt',
          items: [{ key: 'ca.crt', path: 'tls/ca.crt', mode: 0o444 }],
          optional: false,
        },
        { kind: 'secret', name: 'keys', items: [], optional: true },
        {
          kind: 'downwardAPI',
          items: [
            { fieldPath: 'metadata.namespace', path: 'namespace', mode: undefined },
            { fieldPath: "metadata.labels['app']", path: 'app', mode: 0o400 },
          ],
        },
      ],
    })
  })

  const bare = { sources: [{ serviceAccountToken: { path: 'token' } }] }

  test.each<[string, object]>([
    ['bare', bare],
    ['under projected', { projected: bare }],
    ['as a whole volume', { name: 'tokens', projected: bare }],
  ])('may stand there %s, in JSON, too', (_, value) => {
    const expected = projectedVolumeOf(bare)
    expect(read(JSON.stringify(value))).toEqual(expected)
    expect(expected.defaultMode).toBeUndefined()
  })
})

/** A volume of one source, in flow style. */
function one(source: string): string {
  return `sources:\n- ${source}\n`
}

function thrownBy(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}

const outside = 'means nothing outside a pod'

describe('what is refused', () => {
  test.each([
    ['', 'sources names nothing to project', undefined],
    ['[]', 'must be a mapping of fields, not a list', undefined],
    ['sources: {}', 'sources must be a list, not a mapping', undefined],
    ['projected: {}', 'projected.sources names nothing to project', undefined],
    ['projected: { sources: [] }\nemptyDir: {}', 'emptyDir is an unknown field', undefined],
    [
      'kind: Pod',
      'kind is an unknown field',
      'the file is to hold one volume, as an item of spec.volumes in a Pod',
    ],
    ['source: []', 'source is an unknown field', 'did you mean "sources"?'],
    [
      one('{}'),
      'sources[0] must have one of serviceAccountToken, configMap, secret, downwardAPI',
      undefined,
    ],
    [
      one('{ serviceAccountTokens: {} }'),
      'sources[0].serviceAccountTokens is an unknown field',
      'did you mean "serviceAccountToken"?',
    ],
    [
      one('{ secret: { name: a }, configMap: { name: a } }'),
      'sources[0] may not specify more than 1 volume type per source',
      undefined,
    ],
    [
      one('{ clusterTrustBundle: { name: a, path: b } }'),
      `sources[0].clusterTrustBundle ${outside}: the kubelet keeps the bundles for its pods`,
      undefined,
    ],
    [
      one('{ podCertificate: { signerName: a } }'),
      `sources[0].podCertificate ${outside}: its certificate is issued to a pod on its node`,
      undefined,
    ],
    [
      one('{ serviceAccountToken: {} }'),
      'sources[0].serviceAccountToken.path is required: Required value',
      undefined,
    ],
    [
      one('{ serviceAccountToken: { path: /a } }'),
      'sources[0].serviceAccountToken.path must be a relative path',
      undefined,
    ],
    [
      one('{ serviceAccountToken: { path: a/../b } }'),
      "sources[0].serviceAccountToken.path must not contain '..'",
      undefined,
    ],
    [
      one('{ serviceAccountToken: { path: ..a } }'),
      "sources[0].serviceAccountToken.path must not start with '..'",
      undefined,
    ],
    [
      one('{ serviceAccountToken: { path: a, expirationSeconds: 599 } }'),
      'sources[0].serviceAccountToken.expirationSeconds may not specify a duration less than 10 minutes',
      undefined,
    ],
    [
      one('{ serviceAccountToken: { path: a, expirationSeconds: 4294967297 } }'),
      'sources[0].serviceAccountToken.expirationSeconds may not specify a duration larger than 2^32 seconds',
      undefined,
    ],
    [
      one('{ serviceAccountToken: { path: a, expirationSeconds: 600.5 } }'),
      'sources[0].serviceAccountToken.expirationSeconds must be a whole number',
      undefined,
    ],
    [
      one('{ serviceAccountToken: { path: a, expirationSeconds: "3600" } }'),
      'sources[0].serviceAccountToken.expirationSeconds must be a whole number, not text',
      'write the value without quotes',
    ],
    [
      one('{ serviceAccountToken: { path: a, mode: 1 } }'),
      'sources[0].serviceAccountToken.mode is an unknown field',
      undefined,
    ],
    [one('{ secret: {} }'), 'sources[0].secret.name is required: Required value', undefined],
    [one('{ secret: { name: a/b } }'), "sources[0].secret.name may not contain '/'", undefined],
    [one('{ secret: { name: .. } }'), "sources[0].secret.name may not be '..'", undefined],
    [
      one('{ secret: { name: a, optional: 1 } }'),
      'sources[0].secret.optional must be true or false, not a number',
      undefined,
    ],
    [
      one('{ configMap: { name: a, items: [{ path: b }] } }'),
      'sources[0].configMap.items[0].key is required: Required value',
      undefined,
    ],
    [
      one('{ configMap: { name: a, items: [{ key: b, path: c, mode: 644 }] } }'),
      'sources[0].configMap.items[0].mode must be a number between 0 and 0777 (octal), both inclusive',
      'in YAML write 0644, in JSON 420',
    ],
    [
      'defaultMode: -1\n' + one('{ secret: { name: a } }'),
      'defaultMode must be a number between 0 and 0777 (octal), both inclusive',
      undefined,
    ],
    [
      one('{ downwardAPI: { items: [{ path: a }] } }'),
      'sources[0].downwardAPI.items[0].fieldRef is required: Required value',
      undefined,
    ],
    [
      one('{ downwardAPI: { items: [{ path: a, resourceFieldRef: {} }] } }'),
      `sources[0].downwardAPI.items[0].resourceFieldRef ${outside}: it tells what a container may use`,
      undefined,
    ],
    [
      one('{ downwardAPI: { items: [{ path: a, fieldRef: { fieldPath: status.podIP } }] } }'),
      `sources[0].downwardAPI.items[0].fieldRef.fieldPath ${outside}: only one that runs has it`,
      undefined,
    ],
    [
      one('{ downwardAPI: { items: [{ path: a, fieldRef: { apiVersion: v2, fieldPath: a } }] } }'),
      'sources[0].downwardAPI.items[0].fieldRef.apiVersion is an unsupported pod version',
      'it can only be v1',
    ],
    [
      one('{ downwardAPI: { items: [{ path: a, fieldRef: { fieldPath: metadata.color } }] } }'),
      'sources[0].downwardAPI.items[0].fieldRef.fieldPath names no field that a file can hold: field label not supported: "metadata.color"',
      undefined,
    ],
    [
      one(
        '{ downwardAPI: { items: [{ path: a, fieldRef: { fieldPath: "metadata.name[\'a\']" } }] } }',
      ),
      'sources[0].downwardAPI.items[0].fieldRef.fieldPath has a key where none is: field label does not support subscript: "metadata.name"',
      undefined,
    ],
    [
      one(
        '{ downwardAPI: { items: [{ path: a, fieldRef: { fieldPath: "metadata.labels[\'a/b/c\']" } }] } }',
      ),
      'sources[0].downwardAPI.items[0].fieldRef.fieldPath has an invalid key subscript',
      undefined,
    ],
  ])('%j, with its place', (text, words, hint) => {
    if (words.includes('unknown field')) difference('projection-unknown')
    const error = thrownBy(() => read(text))
    expect(error).toMatchObject({ code: 'ERR_PROJECTION_INVALID', hint })
    expect(error.message).toMatch(
      /^error loading projected volume "spec\.yaml": (?:line \d+: )?[a-z]/u,
    )
    expect(error.message).toSatisfy((message: string) => message.endsWith(words))
  })

  test('several mistakes at once, in the order of their lines', () => {
    const text = `sources:
- serviceAccountToken: { path: /a, expirationSeconds: "9", audience: [] }
- configMap: { nam: a, item: [] }
- {}
- secret: { name: a/b, items: [{ path: .. }, { key: k, path: k, mode: 644 }] }
- downwardAPI: { items: [{ path: k, fieldRef: { fieldPath: status.podIP } }] }
- serviceAccountToken: { path: good }
defaultMode: 888
`
    const error = thrownBy(() => read(text))
    expect(error.message).toBe(
      'error loading projected volume "spec.yaml": [' +
        [
          'line 2: sources[0].serviceAccountToken.audience must be text, not a list',
          'line 2: sources[0].serviceAccountToken.expirationSeconds must be a whole number, not text',
          'line 2: sources[0].serviceAccountToken.path must be a relative path',
          'line 3: sources[1].configMap.item is an unknown field',
          'line 3: sources[1].configMap.nam is an unknown field',
          'line 4: sources[2] must have one of serviceAccountToken, configMap, secret, downwardAPI',
          "line 5: sources[3].secret.name may not contain '/'",
          'line 5: sources[3].secret.items[0].key is required: Required value',
          "line 5: sources[3].secret.items[0].path must not contain '..'",
          'line 5: sources[3].secret.items[1].mode must be a number between 0 and 0777 (octal), both inclusive',
          'and more]',
        ].join(', '),
    )
    expect(error).toMatchObject({
      hint:
        'sources[0].serviceAccountToken.expirationSeconds: write the value without quotes; ' +
        'sources[1].configMap.item: did you mean "items"?; ' +
        'sources[1].configMap.nam: did you mean "name"?; ' +
        'sources[3].secret.items[1].mode: in YAML write 0644, in JSON 420',
      details: { file: 'spec.yaml', line: 2, field: 'sources[0].serviceAccountToken.audience' },
    })
  })

  test('so many mistakes that nobody would read them', () => {
    const text = `sources:\n${'- { a: 1, b: 2 }\n'.repeat(5000)}`
    expect(thrownBy(() => read(text)).message).toMatch(
      /line 6: sources\[4\]\.b is an unknown field, and more\]$/u,
    )
  })

  test('several mistakes with the one thing to do about them', () => {
    expect(thrownBy(() => read('kind: Pod\nspec: {}'))).toMatchObject({
      message:
        'error loading projected volume "spec.yaml": [line 1: kind is an unknown field, line 2: spec is an unknown field]',
      hint: 'the file is to hold one volume, as an item of spec.volumes in a Pod',
    })
    const paths = [{ path: '/a' }, { path: '/b' }]
    const sources = paths.map((serviceAccountToken) => ({ serviceAccountToken }))
    expect(thrownBy(() => projectedVolumeOf({ sources }))).toMatchObject({
      message:
        'invalid projected volume: [sources[0].serviceAccountToken.path must be a relative path, sources[1].serviceAccountToken.path must be a relative path]',
      hint: undefined,
      details: { field: 'sources[0].serviceAccountToken.path' },
    })
  })

  test('a path that two sources name, however they write it', () => {
    difference('projection-duplicates')
    const text = `sources:
- serviceAccountToken: { path: a/token }
- secret: { name: keys, items: [{ key: b, path: b }, { key: t, path: ./a//token }] }
`
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          / sources\[1\]\.secret\.items\[1\]\.path is one of conflicting duplicate paths$/u,
        ),
        details: { file: 'spec.yaml', line: 3, field: 'sources[1].secret.items[1].path' },
      }),
    )
  })

  test('what is no YAML', () => {
    expect(() => read('a: b: c')).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /^error loading projected volume "spec\.yaml": yaml: line 1, /u,
        ),
      }),
    )
  })

  test('a value, with its field', () => {
    expect(() => projectedVolumeOf({ sources: [{ secret: { nam: 'a' } }] })).toThrow(
      expect.objectContaining({
        message: 'invalid projected volume: sources[0].secret.nam is an unknown field',
        hint: 'did you mean "name"?',
        details: { field: 'sources[0].secret.nam' },
      }),
    )
  })
})
