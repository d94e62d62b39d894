import { execFileSync } from 'node:child_process'
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { once } from 'node:events'

import { afterAll, describe, expect, test } from 'vitest'

import {
  createCertificateAuthority,
  type IssueOptions,
} from '../../src/testing/certificate-authority.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { installed } from './installed.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubecred-authority-'))
afterAll(() => rmSync(folder, { recursive: true }))

const client: IssueOptions = { commonName: 'alice', usage: 'client' }
const openssl = installed('openssl', 'version')

describe('createCertificateAuthority', () => {
  test('issues a client certificate whose subject is user and groups', () => {
    const authority = createCertificateAuthority()
    const issued = authority.issue({ ...client, organizations: ['devs', 'ops, "all" + é'] })
    const certificate = new X509Certificate(issued.certificatePem)
    expect(certificate.toLegacyObject().subject).toEqual({
      O: ['devs', 'ops, "all" + é'],
      CN: 'alice',
    })
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    expect(certificate.ca).toBe(false)
    expect(certificate.checkPrivateKey(createPrivateKey(issued.privateKeyPem))).toBe(true)
    expect(certificate.verify(new X509Certificate(authority.certificatePem).publicKey)).toBe(true)
  })

  test('gives the fingerprint of the certificate alone', () => {
    const { certificatePem, fingerprint } = createCertificateAuthority().issue(client)
    const { raw } = new X509Certificate(certificatePem)
    expect(fingerprint).toBe(createHash('sha256').update(raw).digest('hex'))
  })

  test('puts host names and addresses of both kinds into a server certificate', () => {
    const { certificatePem } = createCertificateAuthority().issue({
      commonName: 'server',
      usage: 'server',
      dnsNames: ['localhost', 'kubernetes.default.svc'],
      ipAddresses: ['127.0.0.1', '::1', '::', 'fe80::1:2.3.4.5', '1:2:3:4:5:6:7:8'],
    })
    const certificate = new X509Certificate(certificatePem)
    expect(certificate.subjectAltName).toBe(
      'DNS:localhost, DNS:kubernetes.default.svc, IP Address:127.0.0.1, ' +
        'IP Address:0:0:0:0:0:0:0:1, IP Address:0:0:0:0:0:0:0:0, ' +
        'IP Address:FE80:0:0:0:0:1:203:405, IP Address:1:2:3:4:5:6:7:8',
    )
    expect(certificate.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc')
    expect(certificate.checkIP('::1')).toBe('::1')
  })

  test('refuses an address that is none', () => {
    const wanted: IssueOptions = { commonName: 'x', usage: 'server', ipAddresses: ['localhost'] }
    expect(() => createCertificateAuthority().issue(wanted)).toThrow('"ipAddresses"')
  })

  test('dates certificates to the second, in both forms of time', () => {
    const { certificatePem, notBefore, notAfter } = createCertificateAuthority().issue({
      ...client,
      notBefore: new Date('1949-05-06T07:08:09.999Z'),
      notAfter: new Date('2050-01-02T03:04:05.678Z'),
    })
    const certificate = new X509Certificate(certificatePem)
    expect(certificate.validFromDate.toISOString()).toBe('1949-05-06T07:08:09.000Z')
    expect(certificate.validToDate.toISOString()).toBe('2050-01-02T03:04:05.000Z')
    expect(notBefore).toEqual(certificate.validFromDate)
    expect(notAfter).toEqual(certificate.validToDate)
  })

  test('dates from an hour ago to a year ahead by the clock that it is given', () => {
    const clock = createFakeClock(Date.UTC(2031, 0, 1))
    const { notBefore, notAfter } = createCertificateAuthority({ clock }).issue(client)
    expect(notBefore.toISOString()).toBe('2030-12-31T23:00:00.000Z')
    expect(notAfter.toISOString()).toBe('2032-01-01T00:00:00.000Z')
  })

  test('gives every certificate a serial number of its own, or the one that it is given', () => {
    const authority = createCertificateAuthority()
    const serials = Array.from({ length: 20 }, () => serialOf(authority.issue(client)))
    expect(new Set(serials).size).toBe(20)
    for (const fill of [0x00, 0xff]) {
      const randomBytes = (size: number): Uint8Array => new Uint8Array(size).fill(fill)
      const serial = serialOf(createCertificateAuthority({ randomBytes }).issue(client))
      expect(serial).toBe(fill === 0 ? `40${'00'.repeat(15)}` : `7F${'FF'.repeat(15)}`)
    }
  })

  test('issues RSA keys on request', () => {
    const { privateKeyPem } = createCertificateAuthority().issue({ ...client, keyType: 'rsa' })
    const key = createPrivateKey(privateKeyPem)
    expect(key.asymmetricKeyType).toBe('rsa')
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048)
    expect(privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/u)
  })

  test('issues through intermediates with the chain up to the root, without the root', () => {
    const root = createCertificateAuthority({ commonName: 'root' })
    const first = root.issueIntermediate({ commonName: 'first' })
    const second = first.issueIntermediate()
    const { certificatePem } = second.issue(client)
    const blocks = certificatePem.match(/-----BEGIN[^]+?-----END CERTIFICATE-----\n/gu) ?? []
    const subjects = blocks.map((block) => new X509Certificate(block).subject)
    expect(subjects).toEqual(['CN=alice', 'CN=Kubecred test intermediate', 'CN=first'])
    expect(blocks.slice(1)).toEqual([second.certificatePem, first.certificatePem])
  })

  test('serves a TLS connection in which both sides check each other', async () => {
    const authority = createCertificateAuthority()
    const under = authority.issueIntermediate({ keyType: 'rsa' })
    const ca = authority.certificatePem
    const own = under.issue({ commonName: 's', usage: 'server', ipAddresses: ['127.0.0.1'] })
    const server = createServer(
      { key: own.privateKeyPem, cert: own.certificatePem, ca, requestCert: true },
      (socket) => socket.end(socket.authorized ? 'welcome' : 'who?'),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const mine = under.issue(client)
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const socket: TLSSocket = connect({
      host: '127.0.0.1',
      port,
      ca,
      key: mine.privateKeyPem,
      cert: mine.certificatePem,
    })
    const [text]: unknown[] = await once(socket.setEncoding('utf8'), 'data')
    expect(text).toBe('welcome')
    await once(socket, 'close')
    server.close()
  })

  describe.skipIf(!openssl)(`by openssl${openssl ? '' : ' (skipped: it is not installed)'}`, () => {
    test.each([
      ['ec', 'ec', 'ec'],
      ['rsa', 'ec', 'rsa'],
      ['ec', 'rsa', 'ec'],
    ] as const)('chains of %s, %s and %s keys pass the strict checks', (top, middle, leaf) => {
      const root = createCertificateAuthority({ keyType: top })
      const under = root.issueIntermediate({ keyType: middle })
      const server = under.issue({
        commonName: 'localhost',
        usage: 'server',
        dnsNames: ['localhost'],
        ipAddresses: ['127.0.0.1', '::1'],
        keyType: leaf,
      })
      const user = under.issue({ ...client, organizations: ['a', 'b'], keyType: leaf })
      const direct = root.issue({ ...client, keyType: leaf })
      const rootFile = save('root.pem', root.certificatePem)
      const underFile = save('under.pem', under.certificatePem)
      const verify = (purpose: string, pem: string): string =>
        run(`verify -x509_strict -purpose ${purpose}`, rootFile, underFile, save('leaf.pem', pem))
      expect(verify('sslserver', server.certificatePem)).toMatch(/: OK\n$/u)
      expect(verify('sslclient', user.certificatePem)).toMatch(/: OK\n$/u)
      expect(verify('sslclient', direct.certificatePem)).toMatch(/: OK\n$/u)
      expect(() => verify('sslserver', user.certificatePem)).toThrow('Command failed')
    })

    test('a certificate of another authority does not pass', () => {
      const rootFile = save('root.pem', createCertificateAuthority().certificatePem)
      const leafFile = save('leaf.pem', createCertificateAuthority().issue(client).certificatePem)
      expect(() => run('verify', rootFile, rootFile, leafFile)).toThrow('Command failed')
    })
  })
})

function serialOf({ certificatePem }: { readonly certificatePem: string }): string {
  return new X509Certificate(certificatePem).serialNumber
}

function run(command: string, root: string, untrusted: string, leaf: string): string {
  const args = [...command.split(' '), '-CAfile', root, '-untrusted', untrusted, leaf]
  return execFileSync('openssl', args, { stdio: 'pipe', encoding: 'utf8' })
}

function save(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
