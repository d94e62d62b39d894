import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import { connect } from '../../src/doors/https.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import { createFakePlugin, type FakePlugin } from '../../src/testing/fake-plugin.ts'
import type { HttpsCluster } from '../../src/transport/https-cluster.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { eventually, text } from '../transport/stacks.ts'

// What client-go's tests of a whole authenticator assert: a credential from its first use to its
// replacement, on a real connection. The last group is of the older generation.

const folder = temporaryFolder()
const tokens = ['token1', 'token2', 'token3', 'token4']
const hour = 3_600_000

let server: FakeApiServer
let plugin: FakePlugin
let clock: FakeClock
let count = 0

beforeEach(async () => {
  server = await startApiServer({
    tokens: Object.fromEntries(tokens.map((token) => [token, { user: token }])),
  })
  const directory = join(folder, `plugin-${count++}`)
  mkdirSync(directory)
  plugin = await createFakePlugin({ directory })
  clock = createFakeClock()
})

afterEach(async () => {
  await eventually(() => server.openConnections === 0, 'all connections are closed')
  await server.close()
})

async function open(exec: JsonObject = {}): Promise<HttpsCluster> {
  const path = join(folder, `config-${count++}`)
  await writeKubeconfig(path, server.kubeconfig({ user: plugin.user(exec) }))
  return await connect({ kubeconfig: path, renewal: { clock } })
}

async function get(cluster: HttpsCluster): Promise<number> {
  const { statusCode, body } = await cluster.request('/api/v1/namespaces')
  await text(body)
  return statusCode
}

function give(status: JsonObject, version = 'v1'): Promise<void> {
  const apiVersion = `client.authentication.k8s.io/${version}`
  return plugin.behave({ credential: { apiVersion, kind: 'ExecCredential', status } })
}

function inAnHour(): string {
  return new Date(clock.now() + hour).toISOString()
}

/** The users that the server saw, 401 for those it turned away. */
function seen(): readonly string[] {
  return server.requests.map(({ user, statusCode }) => user ?? String(statusCode))
}

test('a token serves until the server rejects it or it ends, and is then replaced', async () => {
  await give({ token: 'token1' })
  await using cluster = await open()
  expect(await get(cluster)).toBe(200)

  await give({ token: 'token2' })
  expect(await get(cluster)).toBe(200)
  expect(seen()).toEqual(['token1', 'token1'])

  server.clearRequests()
  server.revoke('token1')
  // client-go passes this 401 on and has the new token ready for the next request.
  expect(await get(cluster)).toBe(200)
  expect(seen()).toEqual(['401', 'token2'])

  clock.advance(hour)
  await give({ token: 'token3', expirationTimestamp: inAnHour() })
  server.revoke('token2')
  expect(await get(cluster)).toBe(200)

  server.clearRequests()
  clock.advance(2 * hour)
  await give({ token: 'token4', expirationTimestamp: inAnHour() })
  expect(await get(cluster)).toBe(200)
  expect(seen()).toEqual(['token4'])
})

test('a certificate that has ended is replaced, whether or not the server takes the next', async () => {
  const pairOf = ({ certificatePem, privateKeyPem }: Issued): JsonObject => ({
    clientCertificateData: certificatePem,
    clientKeyData: privateKeyPem,
    expirationTimestamp: inAnHour(),
  })
  const trusted = server.issueCertificate({ user: 'dora', lifetimeMs: 24 * 365 * 20 * hour })
  await give(pairOf(trusted))
  await using cluster = await open()
  expect(await get(cluster)).toBe(200)

  clock.advance(2 * hour)
  const stranger = createCertificateAuthority().issue({ commonName: 'dora', usage: 'client' })
  await give(pairOf(stranger))
  expect(await get(cluster)).toBe(401)

  clock.advance(2 * hour)
  await give(pairOf(trusted))
  expect(await get(cluster)).toBe(200)
  expect(server.requests.at(-1)?.user).toBe('dora')
})

interface Issued {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

test('connections that are made at once from one configuration do not get in the way of each other', async () => {
  await give({ token: 'token1' })
  const clusters = await Promise.all(Array.from({ length: 8 }, () => open()))
  expect(await Promise.all(clusters.map(get))).toEqual(clusters.map(() => 200))
  await Promise.all(clusters.map((cluster) => cluster.close()))
})

describe('a plugin of v1alpha1', () => {
  test('is told of the 401 that made its run necessary, and of nothing at the first run', async () => {
    await give({ token: 'token1' }, 'v1alpha1')
    const apiVersion = 'client.authentication.k8s.io/v1alpha1'
    await using cluster = await open({ apiVersion })
    expect(await get(cluster)).toBe(200)
    server.revoke('token1')
    await give({ token: 'token2' }, 'v1alpha1')
    expect(await get(cluster)).toBe(200)
    const [first, second] = (await plugin.runs()).map(({ execInfo }) => execInfo)
    expect(first).toBe(`{"kind":"ExecCredential","apiVersion":"${apiVersion}","spec":{}}\n`)
    const { spec } = JSON.parse(second ?? '')
    expect(spec).toEqual({ response: { header: expect.any(Object), code: 401 } })
    expect(spec.response.header['Content-Type']).toEqual(['application/json'])
    expect(second).toMatch(/"spec":\{"response":\{"header":\{.*\},"code":401\}\}\}\n$/u)
  })

  test.each(['v1', 'v1beta1'])('is the last to be told: one of %s is not', async (version) => {
    await give({ token: 'token1' }, version)
    const apiVersion = `client.authentication.k8s.io/${version}`
    await using cluster = await open({ apiVersion })
    expect(await get(cluster)).toBe(200)
    server.revoke('token1')
    await give({ token: 'token2' }, version)
    expect(await get(cluster)).toBe(200)
    const told = (await plugin.runs()).map(({ execInfo }) => execInfo)
    const same = `{"kind":"ExecCredential","apiVersion":"${apiVersion}","spec":{"interactive":false}}\n`
    expect(told).toEqual([same, same])
  })
})

test('a reply whose pair cannot be used leaves the old credential and its end as they were', async () => {
  await give({ token: 'token1', expirationTimestamp: inAnHour() })
  await using cluster = await open()
  expect(await get(cluster)).toBe(200)
  server.clearRequests()
  // The end of this reply would keep a credential of client-go's going for ever.
  await give({ token: 'token2', clientCertificateData: 'bar', clientKeyData: 'foo' })
  const unusable = 'failed parsing client key/certificate: '
  await expect(cluster.source.renew()).rejects.toThrow(unusable)
  expect(await get(cluster)).toBe(200)
  expect(seen()).toEqual(['token1'])
  clock.advance(2 * hour)
  await expect(get(cluster)).rejects.toThrow(`getting credentials: ${unusable}`)
})

test('an answer of 403 renews nothing, whatever its headers say', async () => {
  await give({ token: 'token1' })
  await using cluster = await open()
  server.respondOnce({ statusCode: 403, headers: { 'www-authenticate': 'Bearer' }, body: '' })
  expect(await get(cluster)).toBe(403)
  expect(await get(cluster)).toBe(200)
  expect(await plugin.runs()).toHaveLength(1)
})

test('a plugin that fails is told in its own words, and no connection is opened', async () => {
  await plugin.behave({ exitCode: 73 })
  await using cluster = await open()
  const words = `getting credentials: exec: executable ${plugin.command} failed with exit code 73`
  await expect(get(cluster)).rejects.toThrow(words)
  expect(server.connectionsOpened).toBe(0)
})

test.each([
  ['a token', () => ({ token: 'token1' })],
  ['a user name', () => ({ username: 'marshmallow', password: 'zelda' })],
  ['a certificate', certificateOfUser],
])('a plugin is switched off by %s', async (_what, userFields) => {
  await give({ token: 'token2' })
  const path = join(folder, `config-${count++}`)
  const user = { ...plugin.user(), ...userFields() }
  await writeKubeconfig(path, server.kubeconfig({ user }))
  await using cluster = await connect({ kubeconfig: path })
  await get(cluster)
  expect(await plugin.runs()).toEqual([])
})

function certificateOfUser(): JsonObject {
  const { certificatePem, privateKeyPem } = server.issueCertificate({ user: 'dora' })
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64')
  return {
    'client-certificate-data': base64(certificatePem),
    'client-key-data': base64(privateKeyPem),
  }
}
