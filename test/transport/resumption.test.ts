import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'

import { afterEach, describe, expect, test } from 'vitest'

import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import { createCredential } from '../../src/credential/credential.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { ScriptedProvider, sourceOf, stacks, text, type TestCluster } from './stacks.ts'

const authority = createCertificateAuthority()

/** What a server sees of a connection. */
interface Seen {
  readonly user: string | undefined
  readonly resumed: boolean
  readonly protocol: string | null
}

let server: Server | undefined
let cluster: TestCluster | undefined

afterEach(async () => {
  await cluster?.close()
  server?.closeAllConnections()
  server?.close()
})

/** A server that wants another connection for each request, and gives sessions to resume. */
async function startServer(version: 'TLSv1.2' | 'TLSv1.3', seen: Seen[]): Promise<string> {
  const own = authority.issue({ commonName: 'server', ipAddresses: ['127.0.0.1'], usage: 'server' })
  server = createServer({
    cert: own.certificatePem,
    key: own.privateKeyPem,
    ca: authority.certificatePem,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: version,
    maxVersion: version,
  })
  server.on('secureConnection', (socket: TLSSocket) => {
    const user = socket.getPeerX509Certificate()?.subject.replace('CN=', '')
    seen.push({ user, resumed: socket.isSessionReused(), protocol: socket.getProtocol() })
  })
  server.on('request', (request, response) => {
    // A watch keeps the connections of its identity alive, and what they remember.
    const isWatch = String(request.url).includes('watch')
    response.writeHead(200, isWatch ? {} : { connection: 'close' })
    if (isWatch) response.flushHeaders()
    else response.end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const credentialOf = (user: string | undefined) => {
  if (user === undefined) return createCredential({ token: 'x' })
  const { certificatePem, privateKeyPem } = authority.issue({ commonName: user, usage: 'client' })
  return createCredential({ certificate: readClientCertificate(certificatePem, privateKeyPem) })
}

const isResumed = ({ resumed }: Seen): boolean => resumed

describe.each(stacks.filter(({ http2 }) => !http2))('$name', ({ open }) => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'resumes sessions of %s within an identity, and never those of another',
    async (version) => {
      const seen: Seen[] = []
      const url = await startServer(version, seen)
      const users = ['ann', 'bob', undefined, 'cat']
      const provider = new ScriptedProvider(() => credentialOf(users[provider.runs - 1]))
      cluster = open({
        server: {
          url,
          certificateAuthorityPem: authority.certificatePem,
          tlsServerName: '',
          insecureSkipTlsVerify: false,
        },
        source: sourceOf(provider),
      })
      for (const user of users) {
        if (provider.runs > 0) await cluster.source.renew()
        const watch = await cluster.send('/watched?watch=true')
        watch.body.on('error', () => undefined)
        // undici remembers a session as long as nobody collects it.
        for (let count = 0; count < 4 || (count < 40 && !seen.some(isResumed)); count++) {
          await text((await cluster.send('/one')).body)
        }
        const [first, ...others] = seen.splice(0)
        expect(first).toEqual({ user, resumed: false, protocol: version })
        expect(new Set(others.map((other) => other.user))).toEqual(new Set([user]))
        // Otherwise the test would show nothing.
        expect(others.some(isResumed)).toBe(true)
      }
    },
  )
})
