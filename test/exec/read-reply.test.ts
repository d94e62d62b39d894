import { inspect } from 'node:util'

import { describe, expect, test } from 'vitest'

import type { ExecApiVersion } from '../../src/api/exec-config.ts'
import { readReply, type Reply } from '../../src/exec/read-reply.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'

const group = 'client.authentication.k8s.io'
const v1 = `${group}/v1`
const v1beta1 = `${group}/v1beta1`
const v1alpha1 = `${group}/v1alpha1`

async function read(text: string, configured: ExecApiVersion = v1): Promise<Reply> {
  return readReply(new TextEncoder().encode(text), configured)
}

function reply(status: unknown, more: object = {}): string {
  return JSON.stringify({ kind: 'ExecCredential', apiVersion: v1, status, ...more })
}

describe('readReply', () => {
  test('gives a token', async () => {
    expect(await read(reply({ token: ' t ' }))).toEqual({
      token: ' t ',
      pair: undefined,
      expiresAt: undefined,
    })
  })

  test('gives a certificate with its key, and the end of both', async () => {
    const status = {
      clientCertificateData: 'C',
      clientKeyData: 'K',
      expirationTimestamp: '2026-01-01T00:00:00Z',
    }
    expect(await read(reply(status))).toEqual({
      token: '',
      pair: { certificatePem: 'C', privateKeyPem: 'K' },
      expiresAt: Date.UTC(2026, 0, 1),
    })
  })

  test.each(['0001-01-01T00:00:00Z', null, undefined])(
    'takes the time %j for no end',
    async (expirationTimestamp) => {
      const { expiresAt } = await read(reply({ token: 't', expirationTimestamp }))
      expect(expiresAt).toBeUndefined()
    },
  )

  test.each([
    ['without a kind', `{"apiVersion":"${v1}","status":{"token":"t"}}`],
    [
      'with names of another case',
      `{"KIND":"ExecCredential","APIVersion":"${v1}","status":{"token":"t"}}`,
    ],
    [
      'with a kind that is null later',
      `{"kind":"ExecCredential","Kind":null,"apiVersion":"${v1}","status":{"token":"t"}}`,
    ],
    ['with fields that nobody knows', reply({ token: 't', x: [1] }, { metadata: 3, spec: null })],
    [
      'with the spec sent back',
      reply(
        { token: 't' },
        { spec: { interactive: false, cluster: { server: 's', config: [1] } } },
      ),
    ],
    ['with null for what it lacks', reply({ token: 't', clientKeyData: null })],
    [
      'with a field that comes twice',
      `{"apiVersion":"${v1}","status":{"token":"a"},"status":{"token":"t","token":null}}`,
    ],
    [
      'with its parts in two objects of a name',
      `{"apiVersion":"${v1}","status":{"token":"t"},"status":{"unknown":1}}`,
    ],
    ['in YAML', `kind: ExecCredential\napiVersion: ${v1}\nstatus:\n  token: t\n`],
  ])('reads a reply %s', async (_, text) => {
    expect(await read(text)).toMatchObject({ token: 't', pair: undefined })
  })

  test('reads v1alpha1 where it is configured', async () => {
    const text = reply({ token: 't' }, { apiVersion: v1alpha1 })
    expect(await read(text, v1alpha1)).toMatchObject({ token: 't' })
  })

  const decoding = 'decoding stdout: '
  const field = `${decoding}json: cannot unmarshal`

  test.each([
    [
      '',
      `exec plugin is configured to use API version ${v1}, plugin returned version ${group}/__internal`,
    ],
    [
      '{"status":{"token":1}}',
      `exec plugin is configured to use API version ${v1}, plugin returned version ${group}/__internal`,
    ],
    [
      reply({}, { apiVersion: `${group}/` }),
      `exec plugin is configured to use API version ${v1}, plugin returned version ${group}/__internal`,
    ],
    [
      reply({ token: 't' }, { apiVersion: v1beta1 }),
      `exec plugin is configured to use API version ${v1}, plugin returned version ${v1beta1}`,
    ],
    [
      reply({ token: 't' }, { apiVersion: `${group}/__internal` }),
      `exec plugin is configured to use API version ${v1}, plugin returned version ${group}/__internal`,
    ],
    [
      reply({ token: 't' }, { apiVersion: v1alpha1 }),
      `${decoding}no kind "ExecCredential" is registered for version "${v1alpha1}"`,
    ],
    [
      reply({ token: 't' }, { apiVersion: 'v1' }),
      `${decoding}no kind "ExecCredential" is registered for version "v1"`,
    ],
    [
      reply({ token: 't' }, { kind: 'Pod' }),
      `${decoding}no kind "Pod" is registered for version "${v1}"`,
    ],
    [
      '{"kind":"Pod"}',
      `${decoding}no kind "Pod" is registered for the internal version of group "${group}"`,
    ],
    [reply({}, { apiVersion: 'a/b/c' }), `${decoding}unexpected GroupVersion string: a/b/c`],
    [
      reply({}, { kind: 'a b' }),
      `${decoding}no kind (3 characters) is registered for version "${v1}"`,
    ],
    [
      reply({}, { apiVersion: 'x'.repeat(81) }),
      `${decoding}no kind "ExecCredential" is registered for version (81 characters)`,
    ],
    [
      reply({}, { apiVersion: '$/$/$' }),
      `${decoding}unexpected GroupVersion string: (5 characters)`,
    ],
    [
      reply({}, { kind: 1 }),
      `${decoding}couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string`,
    ],
    [
      reply({ token: 1 }),
      `${field} number into Go struct field ExecCredentialStatus.status.token of type string`,
    ],
    [
      reply({ token: {} }),
      `${field} object into Go struct field ExecCredentialStatus.status.token of type string`,
    ],
    [
      reply({ clientKeyData: [] }),
      `${field} array into Go struct field ExecCredentialStatus.status.clientKeyData of type string`,
    ],
    [reply({ expirationTimestamp: true }), `${field} bool into Go value of type string`],
    [
      reply({ expirationTimestamp: 'bad', token: 1 }),
      `${decoding}parsing time of 3 characters as "2006-01-02T15:04:05Z07:00"`,
    ],
    [
      reply({ token: 1, clientKeyData: [] }),
      `${field} number into Go struct field ExecCredentialStatus.status.token of type string`,
    ],
    [
      '{"Status":{"Token":5}}',
      `${field} number into Go struct field ExecCredentialStatus.Status.Token of type string`,
    ],
    [
      '{"Spec":{"Cluster":{"Config":{}}}}',
      `${field} object into Go struct field Cluster.Spec.Cluster.Config of type runtime.Object`,
    ],
    [
      reply({}, { spec: { cluster: { 'certificate-authority-data': [1, 256] } } }),
      `${field} number into Go struct field Cluster.spec.cluster.certificate-authority-data of type uint8`,
    ],
    [
      reply({}, { spec: { cluster: { 'certificate-authority-data': 'a' } } }),
      `${decoding}illegal base64 data`,
    ],
    [reply({}, { apiVersion: 'a/' }), `${decoding}Object 'apiVersion' is missing: it is "a/"`],
    ['k8s\0', `${decoding}protobuf is no format for a credential`],
    [
      reply('x'),
      `${field} string into Go struct field ExecCredential.status of type v1.ExecCredentialStatus`,
    ],
    [
      reply({}, { spec: 3 }),
      `${field} number into Go struct field ExecCredential.spec of type v1.ExecCredentialSpec`,
    ],
    [
      reply({}, { spec: { interactive: 'x' } }),
      `${field} string into Go struct field ExecCredentialSpec.spec.interactive of type bool`,
    ],
    [
      reply({}, { spec: { cluster: 3 } }),
      `${field} number into Go struct field ExecCredentialSpec.spec.cluster of type v1.Cluster`,
    ],
    [
      reply({}, { spec: { cluster: { server: 1 } } }),
      `${field} number into Go struct field Cluster.spec.cluster.server of type string`,
    ],
    [
      reply({}, { spec: { cluster: { 'certificate-authority-data': 1 } } }),
      `${field} number into Go struct field Cluster.spec.cluster.certificate-authority-data of type []uint8`,
    ],
    [
      reply({ token: 't', expirationTimestamp: 'bad' }),
      `${decoding}parsing time of 3 characters as "2006-01-02T15:04:05Z07:00"`,
    ],
    [
      reply({ expirationTimestamp: '' }),
      `${decoding}parsing time of 0 characters as "2006-01-02T15:04:05Z07:00"`,
    ],
    [reply(null), "exec plugin didn't return a status field"],
    [
      `{"kind":"ExecCredential","apiVersion":"${v1}","Status":{"token":"t"}}`,
      "exec plugin didn't return a status field",
    ],
    [reply({}), "exec plugin didn't return a token or cert/key pair"],
    [
      reply({ token: 't', clientCertificateData: 'C' }),
      'exec plugin returned only certificate or key, not both',
    ],
    [reply({ clientKeyData: 'K' }), 'exec plugin returned only certificate or key, not both'],
  ])('refuses %s in the words of client-go', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'ERR_EXEC_REPLY',
      message,
      hint: expect.stringMatching(/./u),
    })
  })

  test('tells an empty reply from one without a version', async () => {
    await expect(read('')).rejects.toMatchObject({ hint: expect.stringContaining('nothing') })
    await expect(read('{}')).rejects.toMatchObject({ hint: expect.stringContaining('apiVersion') })
  })

  const s = `${plantedSecret} value`

  test.each([
    s,
    `{"token":"${s}`,
    `{"token":"${s}"} ${s}`,
    `{${s}}`,
    `[${s}`,
    `a: ${s}: ${s}: {`,
    `*${s}`,
    `!!int "${s}"`,
    JSON.stringify(s),
    reply({ token: s, expirationTimestamp: s }),
    reply({ token: [s] }),
    reply({ token: s, clientKeyData: s }),
    reply({ [s]: s }, { [s]: s, status: s }),
    reply({ token: s }, { apiVersion: s }),
    reply({ token: s }, { kind: s }),
    reply({ token: s }, { apiVersion: `${s}/${s}/${s}` }),
  ])('quotes nothing of a bad reply (%#)', async (text) => {
    const error: unknown = await read(text).then(
      () => 'no error',
      (thrown: unknown) => thrown,
    )
    expect(error).toHaveProperty('code', 'ERR_EXEC_REPLY')
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(plantedSecret)
  })
})
