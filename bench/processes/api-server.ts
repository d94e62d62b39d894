// The API server of the tests, in a process of its own. It counts who comes, and answers `/at-once`, and
// `/after/MS` when that time has passed. Prints one line of JSON when it listens, answers the lines that
// `start-api-server.ts` sends, and ends with its standard input.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'

import { startApiServer } from '../../src/doors/testing.ts'
import type { Counts, Where } from './start-api-server.ts'

const server = await startApiServer()
const certificates = new Set<string | undefined>()
const tokens = new Set<string | undefined>()
const seen = { answered: 0, refused: 0 }

server.intercept((request, respond) => {
  // All of them would be kept.
  if (server.requests.length >= 1000) server.clearRequests()
  if (request.user === undefined) {
    seen.refused++
    return false
  }
  seen.answered++
  certificates.add(request.clientCertificateFingerprint)
  tokens.add(request.headers.authorization)
  const [, first, ms = '0'] = request.path.split('/')
  if (first !== 'at-once' && first !== 'after') return false
  const reply = (): void => respond.reply({ statusCode: 200, body: { path: request.path } })
  if (first === 'at-once') reply()
  else setTimeout(reply, Number(ms))
  return true
})

// A certificate that is good for an hour, in a reply that says it is not: certificates count in whole
// seconds, and rotations shall come faster than that.
const rotating = createServer(({ url = '/' }, response) => {
  const lifetimeMs = Number(new URL(url, 'http://localhost').searchParams.get('lifetimeMs'))
  const { certificatePem, privateKeyPem } = server.issueCertificate()
  const expirationTimestamp = new Date(Date.now() + lifetimeMs).toISOString()
  const pair = { clientCertificateData: certificatePem, clientKeyData: privateKeyPem }
  response.end(JSON.stringify({ expirationTimestamp, ...pair }))
})

const questions: Readonly<Record<string, () => unknown>> = {
  counts: (): Counts => ({ ...seen, certificates: certificates.size, tokens: tokens.size }),
  forget: () => {
    certificates.clear()
    tokens.clear()
    return Object.assign(seen, { answered: 0, refused: 0 })
  },
  revoke: () => {
    server.revoke('all')
    return {}
  },
}

rotating.listen(0, '127.0.0.1', () => {
  const address = rotating.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const where: Where = {
    url: server.url,
    certificateAuthorityPem: server.certificateAuthorityPem,
    tokens: server.pluginEndpoint,
    certificates: `http://127.0.0.1:${port}/`,
  }
  process.stdout.write(`${JSON.stringify(where)}\n`)
})
const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => {
  process.stdout.write(`${JSON.stringify(questions[line]?.() ?? {})}\n`)
})
lines.once('close', () => process.exit(0))
