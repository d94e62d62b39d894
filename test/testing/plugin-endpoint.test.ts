import { X509Certificate } from 'node:crypto'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { isJsonObject } from '../../src/api/json.ts'
import { startApiServer } from '../../src/testing/api-server.ts'
import type { FakeApiServer } from '../../src/testing/fake-api-server.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { createFakePlugin } from '../../src/testing/fake-plugin.ts'
import { dig, http1, parse } from './http-clients.ts'
import { runCommand } from './run-command.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let clock: FakeClock
let server: FakeApiServer
beforeEach(async () => {
  clock = createFakeClock(Date.UTC(2030, 0, 1))
  server = await startApiServer({ clock })
})
afterEach(() => server.close())

async function issue(query: string): Promise<Readonly<Record<string, string>>> {
  const response = await fetch(`${server.pluginEndpoint}?${query}`)
  expect(response.status).toBe(200)
  return stringsOf(parse(await response.text()))
}

describe('the plugin endpoint', () => {
  test('issues a token for an hour, to alice, when nothing else is asked for', async () => {
    const status = await issue('')
    expect(status).toEqual({
      token: expect.stringMatching(/^fake-alice\./u),
      expirationTimestamp: '2030-01-01T01:00:00.000Z',
    })
    const headers = { authorization: `Bearer ${status['token']}` }
    expect((await http1(server, '/api', { headers })).status).toBe(200)
  })

  test('issues another token each time', async () => {
    const [first, second] = [await issue(''), await issue('')]
    expect(first['token']).not.toBe(second['token'])
  })

  test('issues a certificate, which ends with its last whole second', async () => {
    const status = await issue('kind=certificate&lifetimeMs=1500&user=bob&group=a&group=b')
    expect(Object.keys(status).toSorted()).toEqual([
      'clientCertificateData',
      'clientKeyData',
      'expirationTimestamp',
    ])
    expect(status['expirationTimestamp']).toBe('2030-01-01T00:00:02.000Z')
    const cert = status['clientCertificateData'] ?? ''
    const key = status['clientKeyData'] ?? ''
    expect(new X509Certificate(cert).subject).toBe('O=a\nO=b\nCN=bob')
    expect((await http1(server, '/api', { tls: { cert, key } })).status).toBe(200)
  })

  test('issues both, with the earlier of their ends', async () => {
    const status = await issue('kind=both&lifetimeMs=1500')
    expect(status['expirationTimestamp']).toBe('2030-01-01T00:00:01.500Z')
    expect(Object.keys(status)).toHaveLength(4)
  })

  test('knows its own path and GET alone, and no other kind', async () => {
    const { origin } = new URL(server.pluginEndpoint)
    expect((await fetch(origin)).status).toBe(404)
    expect((await fetch(server.pluginEndpoint, { method: 'POST' })).status).toBe(404)
    expect((await fetch(`${server.pluginEndpoint}?kind=passport`)).status).toBe(400)
    expect((await fetch(`${server.pluginEndpoint}?lifetimeMs=soon`)).status).toBe(400)
  })

  test('lets a fake plugin print a credential that the server accepts', async () => {
    const issueFrom = { url: server.pluginEndpoint, user: 'eve', lifetimeMs: 5000 }
    const plugin = await createFakePlugin({ directory: folder, behaviour: { issueFrom } })
    const { stdout } = await runCommand(plugin.command)
    const printed = parse(stdout)
    expect(printed).toMatchObject({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      status: { expirationTimestamp: '2030-01-01T00:00:05.000Z' },
    })
    const headers = { authorization: `Bearer ${String(dig(printed, 'status', 'token'))}` }
    await http1(server, '/api', { headers })
    clock.advance(5001)
    await http1(server, '/api', { headers })
    expect(server.requests).toMatchObject([
      { user: 'eve', statusCode: 200 },
      { user: undefined, statusCode: 401 },
    ])
  })
})

function stringsOf(value: unknown): Readonly<Record<string, string>> {
  const strings: Record<string, string> = {}
  for (const [key, inner] of Object.entries(isJsonObject(value) ? value : {})) {
    if (typeof inner === 'string') strings[key] = inner
  }
  return strings
}
