import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { startApiServer, writeKubeconfig, type FakeApiServer } from '../../src/doors/testing.ts'
import { KubecredProcess } from '../cli/kubecred-process.ts'
import { difference } from '../differences.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()
let server: FakeApiServer
let kubeconfig = ''
let authority = ''

beforeAll(async () => {
  server = await startApiServer()
  kubeconfig = join(folder, 'config')
  authority = join(folder, 'authority.pem')
  writeFileSync(authority, server.certificateAuthorityPem)
  const cluster = { 'certificate-authority-data': null }
  const user = { token: server.issueToken().token }
  await writeKubeconfig(kubeconfig, server.kubeconfig({ user, cluster }))
})
afterAll(async () => {
  await server.close()
})

async function request(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const process = new KubecredProcess(
    ['request', '/version', '--kubeconfig', kubeconfig, ...args],
    { env },
  )
  return { code: await process.ended(), err: process.err }
}

test('without an authority of the cluster those of the machine are trusted, as SSL_CERT_FILE sets them', async () => {
  expect(await request({ SSL_CERT_FILE: authority })).toEqual({ code: 0, err: '' })
  difference('machine-authorities')
  expect(await request({ NODE_EXTRA_CA_CERTS: authority })).toEqual({ code: 0, err: '' })
})

test('an authority that the machine does not trust is refused, with a hint that says what to look at', async () => {
  const { code, err } = await request({})
  expect(code).toBe(1)
  expect(err).toContain('x509: certificate signed by unknown authority')
  expect(err).toContain('or where there is none the authorities of this machine')
})

test('an address as tls-server-name is verified, asked for by nobody, and makes no noise', async () => {
  const trusting = { SSL_CERT_FILE: authority }
  const good = await request(trusting, '--tls-server-name', '127.0.0.1')
  expect(good).toEqual({ code: 0, err: '' })
  expect(server.requests.at(-1)?.tlsServerName).toBeUndefined()
  const bad = await request(trusting, '--tls-server-name', '192.0.2.1')
  expect(bad.code).toBe(1)
  expect(bad.err).toContain('not 192.0.2.1')
})
