import { describe, expect, test } from 'vitest'

import type { ExecCluster } from '../../src/api/exec-config.ts'
import { execInfo } from '../../src/api/exec-info.ts'

const group = 'client.authentication.k8s.io'
const v1 = `${group}/v1` as const
const v1beta1 = `${group}/v1beta1` as const
const v1alpha1 = `${group}/v1alpha1` as const

const bareCluster: ExecCluster = {
  server: 'https://10.0.0.1:6443/a&b',
  tlsServerName: '',
  insecureSkipTlsVerify: false,
  certificateAuthorityData: new Uint8Array(),
  proxyUrl: '',
  disableCompression: false,
  config: null,
}

describe('execInfo', () => {
  test.each([v1, v1beta1] as const)('tells a plugin of %s whether it may prompt', (apiVersion) => {
    expect(execInfo({ apiVersion, interactive: false })).toBe(
      `{"kind":"ExecCredential","apiVersion":"${apiVersion}","spec":{"interactive":false}}\n`,
    )
    expect(execInfo({ apiVersion, interactive: true })).toContain('"spec":{"interactive":true}')
  })

  // The line that kubectl wrote for the same cluster, and a certificate authority added to it.
  test('writes a cluster byte for byte as kubectl does', () => {
    const cluster: ExecCluster = {
      server: 'https://127.0.0.1:1/a&b',
      tlsServerName: '<n>',
      insecureSkipTlsVerify: true,
      certificateAuthorityData: Buffer.from('ca?>'),
      proxyUrl: 'http://127.0.0.1:2',
      disableCompression: true,
      config: {
        zeta: 1,
        alpha: { '10': 'a', '9': 'b' },
        f: 1,
        g: 1e21,
        s: '<x>',
        l: [1, null, true],
      },
    }
    expect(execInfo({ apiVersion: v1, interactive: false, cluster })).toBe(
      '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{' +
        '"cluster":{"server":"https://127.0.0.1:1/a\\u0026b","tls-server-name":"\\u003cn\\u003e",' +
        '"insecure-skip-tls-verify":true,"certificate-authority-data":"Y2E/Pg==",' +
        '"proxy-url":"http://127.0.0.1:2","disable-compression":true,' +
        '"config":{"alpha":{"10":"a","9":"b"},"f":1,"g":1e+21,"l":[1,null,true],' +
        '"s":"\\u003cx\\u003e","zeta":1}},"interactive":false}}\n',
    )
  })

  test('leaves out what a cluster does not set, but never its config', () => {
    expect(execInfo({ apiVersion: v1beta1, interactive: true, cluster: bareCluster })).toBe(
      `{"kind":"ExecCredential","apiVersion":"${v1beta1}","spec":{"cluster":` +
        '{"server":"https://10.0.0.1:6443/a\\u0026b","config":null},"interactive":true}}\n',
    )
  })

  describe('for v1alpha1', () => {
    test('leaves out what is false', () => {
      expect(execInfo({ apiVersion: v1alpha1, interactive: false })).toBe(
        `{"kind":"ExecCredential","apiVersion":"${v1alpha1}","spec":{}}\n`,
      )
    })

    test('carries the answer that rejected the credential, names as Go has them', () => {
      const response = {
        statusCode: 401,
        headers: { 'www-authenticate': 'Bearer', 'audit-id': ['a', 'b'] },
      }
      const info = { apiVersion: v1alpha1, interactive: true, cluster: bareCluster, response }
      expect(execInfo(info)).toBe(
        `{"kind":"ExecCredential","apiVersion":"${v1alpha1}","spec":{"response":{"header":` +
          '{"Audit-Id":["a","b"],"Www-Authenticate":["Bearer"]},"code":401},"interactive":true,' +
          '"cluster":{"server":"https://10.0.0.1:6443/a\\u0026b","config":null}}}\n',
      )
    })

    test('leaves out an answer that says nothing', () => {
      const response = { statusCode: 0, headers: {} }
      expect(execInfo({ apiVersion: v1alpha1, interactive: false, response })).toContain(
        '"spec":{"response":{}}',
      )
    })
  })

  test('has no place for that answer in the versions of today', () => {
    const response = { statusCode: 401, headers: {} }
    expect(execInfo({ apiVersion: v1, interactive: false, response })).not.toContain('response')
  })
})
