import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect as tlsConnect, type SecureVersion } from 'node:tls'

import { describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import type { ServerTarget } from '../../src/transport/server.ts'
import { assertTlsSettings, tlsSettings } from '../../src/transport/tls.ts'
import { ScriptedProvider, stacks } from '../transport/stacks.ts'

// What client-go's tests of a transport's TLS settings assert.

const authority = createCertificateAuthority()
const { certificatePem: cert, privateKeyPem: key } = authority.issue({
  commonName: 'localhost',
  usage: 'server',
  ipAddresses: ['127.0.0.1'],
})

const target: ServerTarget = {
  url: 'https://127.0.0.1',
  certificateAuthorityPem: undefined,
  tlsServerName: '',
  insecureSkipTlsVerify: false,
}

describe('the settings of TLS', () => {
  test('trust the authorities of the system when nothing is said', () => {
    assertTlsSettings(target)
    expect(tlsSettings(target, undefined)).toMatchObject({
      servername: undefined,
      rejectUnauthorized: true,
    })
  })

  test('verify nothing when told so', () => {
    const insecure = { ...target, insecureSkipTlsVerify: true }
    assertTlsSettings(insecure)
    expect(tlsSettings(insecure, undefined).rejectUnauthorized).toBe(false)
  })

  test('ask for the name that is given', () => {
    expect(tlsSettings({ ...target, tlsServerName: 'foo' }, undefined).servername).toBe('foo')
  })

  test('are refused when an authority stands beside the wish not to verify', () => {
    const both = {
      ...target,
      certificateAuthorityPem: authority.certificatePem,
      insecureSkipTlsVerify: true,
    }
    const words = 'specifying a root certificates file with the insecure flag is not allowed'
    expect(() => assertTlsSettings(both)).toThrow(words)
  })

  test.each([
    ['nothing', ''],
    ['no PEM', 'this is not valid'],
    ['a certificate whose end is not one', `${authority.certificatePem.trim()}this is not valid`],
    ['a key', key],
  ])('are refused for an authority that is %s', (_what, certificateAuthorityPem) => {
    const server = { ...target, certificateAuthorityPem }
    expect(() => {
      assertTlsSettings(server)
      tlsSettings(server, undefined)
    }).toThrow('unable to load root certificates: ')
  })
})

const versions: readonly (readonly [version: SecureVersion, outcome: 'refused' | 'used'])[] = [
  ['TLSv1.1', 'refused'],
  ['TLSv1.2', 'used'],
  ['TLSv1.3', 'used'],
]

describe.each(stacks)('$name', (stack) => {
  test.each(versions)('a server that speaks %s is %s', async (version, outcome) => {
    // OpenSSL speaks the older version only at its lowest level of security.
    const spoken = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }
    const server = createServer({ cert, key, ...spoken }, (_request, response) =>
      response.end('ok'),
    )
    await once(server.listen(0, '127.0.0.1'), 'listening')
    // A server that listens on a port has an address with a port.
    const { port } = server.address() as AddressInfo
    const source = new Renewer(new ScriptedProvider(() => createCredential({ token: 't' })))
    const url = `https://127.0.0.1:${port}`
    const trusting = { ...target, url, certificateAuthorityPem: authority.certificatePem }
    await using cluster = stack.open({ server: trusting, source })
    const used = cluster.send('/').then(({ statusCode, body }) => {
      body.resume()
      return statusCode === 200 ? 'used' : `answered with ${statusCode}`
    })
    expect(await used.catch(() => 'refused')).toBe(outcome)
    // The server is there for whoever speaks its version.
    const socket = tlsConnect({ host: '127.0.0.1', port, ca: authority.certificatePem, ...spoken })
    await once(socket, 'secureConnect')
    expect(socket.getProtocol()).toBe(version)
    socket.destroy()
    server.close()
    server.closeAllConnections()
  })
})
