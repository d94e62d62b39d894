// A server that costs as little as possible, in a process of its own, so that the client is what is
// measured. Prints one line of JSON when it listens, and ends with its standard input.
import { createSecureServer } from 'node:http2'

import { createCertificateAuthority } from '../../src/doors/testing.ts'

const authority = createCertificateAuthority()
const { certificatePem: cert, privateKeyPem: key } = authority.issue({
  commonName: 'upstream',
  ipAddresses: ['127.0.0.1'],
  usage: 'server',
})
const body = JSON.stringify({ major: '1', minor: '34', gitVersion: 'v1.34.0', platform: 'bench' })
const common = { 'content-type': 'application/json', 'content-length': body.length }

const server = createSecureServer(
  { cert, key, allowHTTP1: true, keepAlive: true },
  ({ httpVersion, headers: { authorization } }, response) => {
    // Who measures wants to know that the credential came, and over which protocol.
    response.writeHead(authorization === 'Bearer bench' ? 200 : 401, {
      ...common,
      'x-http-version': httpVersion,
    })
    response.end(body)
  },
)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ port, ca: authority.certificatePem })}\n`)
})
process.stdin.resume().once('end', () => process.exit(0))
