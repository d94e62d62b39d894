import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { connect as connectTcp } from 'node:net'
import { once } from 'node:events'

import { afterEach, describe, expect, test } from 'vitest'

import { startApiServer } from '../../src/testing/api-server.ts'
import type { ApiServerOptions, FakeApiServer } from '../../src/testing/fake-api-server.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { bearer, clients, http1, http2, jsonOf, textOf } from './http-clients.ts'
import { until } from './until.ts'

const started: FakeApiServer[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()))
})

async function start(options?: ApiServerOptions): Promise<FakeApiServer> {
  const server = await startApiServer(options)
  started.push(server)
  return server
}

const unauthorized = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
}

describe.each(clients)('startApiServer over %s', (name, client) => {
  const version = name === 'HTTP/2' ? '2.0' : '1.1'

  test('tells everybody its version and its health', async () => {
    const server = await start()
    const { status, headers, body } = await client(server, '/version')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/json')
    expect(JSON.parse(body.toString())).toMatchObject({ major: '1', gitVersion: /^v1\./u })
    for (const path of ['/healthz', '/livez', '/readyz?verbose']) {
      const answer = await client(server, path)
      expect([answer.status, textOf(answer)]).toEqual([200, 'ok'])
    }
  })

  test('answers 401 with a Status to whoever shows nothing, or something worthless', async () => {
    const server = await start()
    const nothing = await client(server, '/api/v1/namespaces')
    expect([nothing.status, jsonOf(nothing)]).toEqual([401, unauthorized])
    for (const path of ['/api/v1/namespaces', '/version']) {
      const worthless = await client(server, path, { headers: bearer('invented') })
      expect([worthless.status, jsonOf(worthless)]).toEqual([401, unauthorized])
    }
  })

  test('serves the holder of a token until it ends', async () => {
    const clock = createFakeClock()
    const server = await start({ clock })
    const { token, expiresAt } = server.issueToken({ user: 'bob', lifetimeMs: 5000 })
    const ask = async (): Promise<number> =>
      (await client(server, '/api/v1/namespaces', { headers: bearer(token) })).status
    expect(expiresAt.getTime()).toBe(clock.now() + 5000)
    clock.advance(5000)
    expect(await ask()).toBe(200)
    clock.advance(1)
    expect(await ask()).toBe(401)
    expect(server.requests.map(({ user, statusCode }) => [user, statusCode])).toEqual([
      ['bob', 200],
      [undefined, 401],
    ])
  })

  test('serves the holder of a client certificate until it ends, on one connection or another', async () => {
    const clock = createFakeClock(Date.now())
    const server = await start({ clock })
    const { certificatePem: cert, privateKeyPem: key } = server.issueCertificate({
      user: 'bob',
      groups: ['devs', 'ops'],
      lifetimeMs: 10_000,
    })
    const ask = () =>
      client(server, '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
        tls: { cert, key },
      })
    const { fingerprint256 } = new X509Certificate(cert)
    const fingerprint = fingerprint256.replaceAll(':', '').toLowerCase()
    const answer = await ask()
    expect(answer.status).toBe(201)
    expect(jsonOf(answer)).toMatchObject({
      kind: 'SelfSubjectReview',
      status: {
        userInfo: {
          username: 'bob',
          groups: ['devs', 'ops', 'system:authenticated'],
          extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] },
        },
      },
    })
    clock.advance(11_000)
    expect((await ask()).status).toBe(401)
    expect(server.requests[1]).toMatchObject({
      user: undefined,
      clientCertificateFingerprint: fingerprint,
      clientCertificateSubject: 'O=devs, O=ops, CN=bob',
    })
  })

  test('notes what a request was', async () => {
    const server = await start()
    const { token } = server.issueToken()
    await client(server, '/echo?a=b', {
      method: 'POST',
      headers: { ...bearer(token), 'x-test': 'yes' },
      body: 'hello',
    })
    await client(server, '/nowhere', { tls: { servername: 'localhost' } })
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/echo?a=b',
        headers: { 'x-test': 'yes', authorization: `Bearer ${token}` },
        httpVersion: version,
        user: 'alice',
        statusCode: 200,
        clientCertificateFingerprint: undefined,
        tlsServerName: undefined,
        connectionId: 1,
        bodyLength: 5,
        bodySha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
      },
      { tlsServerName: 'localhost', connectionId: 2, statusCode: 401 },
    ])
    expect(Object.keys(server.requests[0]?.headers ?? {})).not.toContain(':path')
    expect(server.requests[0]?.rawHeaders.join(' ')).toContain('x-test yes')
    server.clearRequests()
    expect(server.requests).toEqual([])
  })

  test('keeps objects: create, read, replace, patch, delete', async () => {
    const server = await start({ tokens: { t: { user: 'root' } } })
    const send = async (method: string, path: string, value?: unknown, type?: string) => {
      const answer = await client(server, `/api/v1${path}`, {
        method,
        headers: { ...bearer('t'), ...(type === undefined ? {} : { 'content-type': type }) },
        ...(value === undefined ? {} : { body: JSON.stringify(value) }),
      })
      return [answer.status, answer.body.length > 0 ? jsonOf(answer) : ''] as const
    }
    const big = 'x'.repeat(1_000_000)
    const map = { metadata: { name: 'big' }, data: { big } }
    expect(await send('POST', '/namespaces', { metadata: { name: 'a' } })).toMatchObject([
      201,
      { kind: 'Namespace', metadata: { name: 'a' }, status: { phase: 'Active' } },
    ])
    expect((await send('POST', '/namespaces/a/configmaps', map))[0]).toBe(201)
    expect(await send('GET', '/namespaces/a/configmaps/big')).toMatchObject([200, map])
    expect((await send('HEAD', '/namespaces/a/configmaps/big'))[0]).toBe(200)
    expect(await send('GET', '/configmaps')).toMatchObject([
      200,
      { kind: 'ConfigMapList', items: [map] },
    ])
    const patched = await send(
      'PATCH',
      '/namespaces/a/configmaps/big',
      { data: { big: null, small: 'y' } },
      'application/merge-patch+json',
    )
    expect(patched).toMatchObject([200, { data: { small: 'y' } }])
    const put = { metadata: { name: 'big' }, data: {} }
    expect(await send('PUT', '/namespaces/a/configmaps/big', put)).toMatchObject([200, put])
    expect(await send('DELETE', '/namespaces/a/configmaps/big')).toMatchObject([
      200,
      { status: 'Success', details: { name: 'big', kind: 'configmaps' } },
    ])
    expect((await send('GET', '/namespaces/a/configmaps/big'))[0]).toBe(404)
    expect(await send('HEAD', '/namespaces/zzz')).toEqual([404, ''])
  })

  test('takes each form of patch', async () => {
    const server = await start({ tokens: { t: { user: 'root' } } })
    const patch = async (type: string, value: unknown): Promise<unknown> => {
      const answer = await client(server, '/api/v1/namespaces/default/configmaps/a', {
        method: 'PATCH',
        headers: { ...bearer('t'), 'content-type': `application/${type}; charset=utf-8` },
        body: JSON.stringify(value),
      })
      return [answer.status, jsonOf(answer)]
    }
    const forms = [
      ['merge-patch+json', { data: { a: null, c: 'd' } }],
      ['strategic-merge-patch+json', { data: { $patch: 'replace', c: 'd' } }],
      [
        'json-patch+json',
        [
          { op: 'remove', path: '/data/a' },
          { op: 'add', path: '/data/c', value: 'd' },
        ],
      ],
    ] as const
    for (const [type, value] of forms) {
      expect(await patch(type, value)).toMatchObject([404, { reason: 'NotFound' }])
    }
    const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
    const made = { data: { a: 'b' }, ...applied }
    expect(await patch('apply-patch+yaml', made)).toMatchObject([201, made])
    for (const [type, value] of forms) {
      expect(await patch(type, value)).toMatchObject([200, { data: { c: 'd' } }])
      const again = await patch('apply-patch+yaml', made)
      expect(again).toEqual([200, expect.objectContaining({ data: { a: 'b', c: 'd' } })])
    }
    const unfit = [{ op: 'test', path: '/data/a', value: 'x' }]
    const causes = [{ reason: 'UnexpectedServerResponse', message: 'testing path /data/a failed' }]
    expect(await patch('json-patch+json', unfit)).toMatchObject([422, { details: { causes } }])
    expect(await patch('apply-patch+yaml', [])).toMatchObject([400, { reason: 'BadRequest' }])
    expect(await patch('yaml', {})).toMatchObject([415, { reason: 'UnsupportedMediaType' }])
  })

  test('refuses what it cannot make sense of', async () => {
    const server = await start({ tokens: { t: { user: 'root' } } })
    const json = 'application/json'
    const cases = [
      ['POST', '/api/v1/namespaces', '{', json, 400, 'BadRequest'],
      ['POST', '/api/v1/namespaces', '[]', json, 400, 'BadRequest'],
      ['POST', '/api/v1/namespaces', 'a: b', 'application/yaml', 415, 'UnsupportedMediaType'],
      ['POST', '/api/v1/namespaces', 'x', 'application/vnd.kubernetes.protobuf', 400, 'BadRequest'],
      ['PATCH', '/api/v1/namespaces/default', '{}', json, 415, 'UnsupportedMediaType'],
      ['POST', '/api/v1/namespaces', ' '.repeat(3145729), json, 413, 'RequestEntityTooLarge'],
      ['PATCH', '/api/v1/namespaces', '{}', json, 405, 'MethodNotAllowed'],
      ['POST', '/api/v1/namespaces/default', '{}', json, 405, 'MethodNotAllowed'],
      ['POST', '/api/v1/configmaps', '{}', json, 405, 'MethodNotAllowed'],
      ['POST', '/version', '{}', json, 405, 'MethodNotAllowed'],
      ['DELETE', '/echo', '', json, 405, 'MethodNotAllowed'],
      [
        'PUT',
        '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        '',
        json,
        405,
        'MethodNotAllowed',
      ],
      ['POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', '', json, 400, 'BadRequest'],
    ] as const
    for (const [method, path, body, type, code, reason] of cases) {
      const headers = { ...bearer('t'), 'content-type': type }
      const answer = await client(server, path, { method, body, headers })
      expect([method, path, answer.status, jsonOf(answer)]).toMatchObject([
        ...[method, path, code],
        { kind: 'Status', code, reason },
      ])
    }
  })

  test.each([
    '/',
    '/nowhere',
    '/api/v1/pods',
    '/apis/apps/v1/deployments',
    '/api/v1/namespaces/a/b/c',
  ])('answers 404 in plain text for %s', async (path) => {
    const server = await start({ tokens: { t: { user: 'root' } } })
    const answer = await client(server, path, { headers: bearer('t') })
    expect([answer.status, textOf(answer)]).toEqual([404, '404 page not found\n'])
  })

  test.each(['//', '//x/version', '/%zz', '/version%'])('survives the path %s', async (path) => {
    const server = await start({ tokens: { t: { user: 'root' } } })
    expect((await client(server, path, { headers: bearer('t') })).status).toBe(404)
  })

  test('describes itself to clients that discover it', async () => {
    const server = await start({ tokens: { t: { user: 'root' } } })
    const read = async (path: string) =>
      jsonOf(await client(server, path, { headers: bearer('t') }))
    expect(await read('/api')).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
    expect(await read('/apis')).toMatchObject({ groups: [{ name: 'authentication.k8s.io' }] })
    expect(await read('/apis/authentication.k8s.io')).toMatchObject({ kind: 'APIGroup' })
    expect(await read('/api/v1')).toMatchObject({
      resources: [
        { name: 'namespaces' },
        { name: 'configmaps' },
        { name: 'serviceaccounts' },
        { name: 'serviceaccounts/token', kind: 'TokenRequest', verbs: ['create'] },
      ],
    })
    expect(await read('/apis/authentication.k8s.io/v1')).toMatchObject({
      resources: [{ name: 'selfsubjectreviews', verbs: ['create'] }],
    })
  })

  test('echoes a request without its credential', async () => {
    const server = await start({ tokens: { t: { user: 'root' } } })
    const body = Buffer.alloc(4_000_000, 7)
    const answer = await client(server, '/echo', { method: 'POST', headers: bearer('t'), body })
    expect(jsonOf(answer)).toMatchObject({ method: 'POST', bodyLength: 4_000_000 })
    expect(textOf(answer)).toContain(server.requests[0]?.bodySha256)
    expect(textOf(answer)).not.toContain('Bearer')
  })
})

describe('startApiServer', () => {
  test('speaks HTTP/1.1 alone when HTTP/2 is switched off', async () => {
    const server = await start({ http2: false })
    expect((await http1(server, '/version')).status).toBe(200)
    await expect(http2(server, '/version')).rejects.toThrow(/alert|protocol|closed/iu)
    expect(server.requests).toHaveLength(1)
  })

  test('has a certificate for the address, for localhost and for the names given', async () => {
    const certificateAuthority = createCertificateAuthority()
    const dnsNames = ['kubernetes.default.svc']
    const server = await start({ certificateAuthority, dnsNames })
    expect(server.certificateAuthorityPem).toBe(certificateAuthority.certificatePem)
    for (const servername of ['localhost', 'kubernetes.default.svc']) {
      expect((await http1(server, '/version', { tls: { servername } })).status).toBe(200)
    }
    await expect(http1(server, '/version', { tls: { servername: 'other' } })).rejects.toThrow(
      "does not match certificate's altnames",
    )
  })

  test('accepts certificates of the client authority that it is given', async () => {
    const clientAuthority = createCertificateAuthority()
    const server = await start({ clientAuthority })
    const { certificatePem: cert, privateKeyPem: key } = clientAuthority.issue({
      commonName: 'carol',
      usage: 'client',
    })
    await http1(server, '/api', { tls: { cert, key } })
    expect(server.requests[0]).toMatchObject({ user: 'carol', statusCode: 200 })
    expect(server.clientAuthority).toBe(clientAuthority)
  })

  test('listens on the port that it is asked for, so that it can come back', async () => {
    const { port, close } = await start()
    await close()
    const again = await start({ port })
    expect([again.port, again.url]).toEqual([port, `https://127.0.0.1:${port}`])
    await expect(startApiServer({ port })).rejects.toThrow('EADDRINUSE')
  })

  test('forbids the anonymous user all but the public paths when it lets him in', async () => {
    const server = await start({ anonymous: true })
    expect((await http1(server, '/version')).status).toBe(200)
    const answer = await http1(server, '/api/v1/namespaces')
    expect([answer.status, jsonOf(answer)]).toMatchObject([
      403,
      {
        reason: 'Forbidden',
        message:
          'namespaces is forbidden: User "system:anonymous" cannot list resource "namespaces" ' +
          'in API group "" at the cluster scope',
      },
    ])
    expect((await http1(server, '/version', { headers: bearer('bad') })).status).toBe(401)
  })

  test('asks even for the version for credentials when told to', async () => {
    const server = await start({ requireAuthentication: true })
    expect((await http1(server, '/version')).status).toBe(401)
    const { token } = server.issueToken()
    expect((await http1(server, '/version', { headers: bearer(token) })).status).toBe(200)
  })

  test('refuses options that contradict each other', async () => {
    await expect(startApiServer({ anonymous: true, requireAuthentication: true })).rejects.toThrow(
      TypeError,
    )
  })

  test('forbids what the permissions given do not allow', async () => {
    const asked: unknown[] = []
    const server = await start({
      tokens: { t: { user: 'eve', groups: ['devs'] } },
      rbac: ({ name, groups }, method, path) => {
        asked.push([name, groups, method, path])
        return path === '/api'
      },
    })
    expect((await http1(server, '/api?x=y', { headers: bearer('t') })).status).toBe(200)
    expect((await http1(server, '/version', { headers: bearer('t') })).status).toBe(403)
    expect(asked).toEqual([
      ['eve', ['devs'], 'GET', '/api'],
      ['eve', ['devs'], 'GET', '/version'],
    ])
  })

  test('lets a user act as another', async () => {
    const server = await start({ tokens: { t: { user: 'root' } } })
    const headers = {
      ...bearer('t'),
      'content-type': 'application/json',
      'Impersonate-User': 'joe',
      'Impersonate-Group': ['a', 'b'],
    }
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
    for (const client of [http1, http2]) {
      const answer = await client(server, path, { method: 'POST', body: '{}', headers })
      expect(jsonOf(answer)).toMatchObject({
        status: { userInfo: { username: 'joe', groups: ['a', 'b', 'system:authenticated'] } },
      })
    }
    expect(server.requests[0]?.user).toBe('joe')
    const nobody = { ...bearer('t'), 'impersonate-group': 'a' }
    expect((await http1(server, path, { method: 'POST', headers: nobody })).status).toBe(400)
  })

  test('revokes one token, one certificate, or everything of the moment', async () => {
    const server = await start({ tokens: { fixed: { user: 'fixed' } } })
    const one = server.issueToken({ user: 'we ird/é' })
    const other = server.issueToken()
    const byToken = async (token: string) =>
      (await http1(server, '/api', { headers: bearer(token) })).status
    expect(one.token).toMatch(/^fake-we_ird__\.[\w-]{32}$/u)
    server.revoke(one.token)
    expect([await byToken(one.token), await byToken(other.token)]).toEqual([401, 200])

    const mine = server.issueCertificate()
    const seen = server.clientAuthority.issue({ commonName: 'seen', usage: 'client' })
    const byCertificate = async ({ certificatePem: cert, privateKeyPem: key } = mine) =>
      (await http1(server, '/api', { tls: { cert, key } })).status
    expect([await byCertificate(), await byCertificate(seen)]).toEqual([200, 200])
    server.revoke(new X509Certificate(mine.certificatePem).fingerprint256)
    expect([await byCertificate(), await byCertificate(seen)]).toEqual([401, 200])

    const unused = server.issueCertificate()
    server.revoke('all')
    expect([await byCertificate(seen), await byCertificate(unused)]).toEqual([401, 401])
    expect([await byToken(other.token), await byToken('fixed')]).toEqual([401, 401])
    expect(await byToken(server.issueToken().token)).toBe(200)
    expect(await byCertificate(server.issueCertificate())).toBe(200)
  })

  test('issues credentials that have ended, and none without an end', async () => {
    const server = await start()
    const { token } = server.issueToken({ lifetimeMs: -1 })
    expect((await http1(server, '/api', { headers: bearer(token) })).status).toBe(401)
    for (const lifetimeMs of [Infinity, Number.NaN]) {
      expect(() => server.issueToken({ lifetimeMs })).toThrow('"lifetimeMs" must be a finite')
      expect(() => server.issueCertificate({ lifetimeMs })).toThrow('"lifetimeMs"')
    }
  })

  test('tells connections apart and counts them', async () => {
    const server = await start()
    expect([server.openConnections, server.connectionsOpened]).toEqual([0, 0])
    await http1(server, '/version')
    await http2(server, '/version')
    await until(() => server.openConnections === 0)
    expect(server.connectionsOpened).toBe(2)
    expect(server.requests.map(({ connectionId }) => connectionId)).toEqual([1, 2])
  })

  test('goes down and comes back, on the same port and with all that it knew', async () => {
    const server = await start()
    const { token } = server.issueToken()
    server.createNamespace('kept')
    await server.goDown()
    await expect(http1(server, '/version')).rejects.toThrow('ECONNREFUSED')
    await server.goDown()
    await server.comeBack()
    await server.comeBack()
    for (const client of [http1, http2]) {
      const answer = await client(server, '/api/v1/namespaces/kept', { headers: bearer(token) })
      expect(answer.status).toBe(200)
    }
    expect(server.openConnections).toBeLessThanOrEqual(2)
  })

  test('drops its connections and goes on', async () => {
    const server = await start()
    server.intercept(({ path }) => path === '/hang')
    const pending = http1(server, '/hang').catch((error: unknown) => error)
    await until(() => server.requests.length === 1)
    await server.closeConnections()
    expect(server.openConnections).toBe(0)
    expect(await pending).toBeInstanceOf(Error)
    expect((await http1(server, '/version')).status).toBe(200)
  })

  test('closes twice, by either name, and answers the callers alike', async () => {
    const server = await startApiServer()
    await Promise.all([server.close(), server.close(), server[Symbol.asyncDispose]()])
    await expect(http1(server, '/version')).rejects.toThrow('ECONNREFUSED')
    await expect(fetch(server.pluginEndpoint)).rejects.toThrow('fetch failed')
  })

  test('drops what is open when it closes: handshakes, idle, hanging and streaming requests', async () => {
    const server = await start({ tokens: { t: { user: 'root' } } })
    const raw = connectTcp(server.port, '127.0.0.1')
    await once(raw, 'connect')
    server.intercept(({ path }) => path === '/hang')
    const pending = [
      http1(server, '/hang'),
      http2(server, '/hang'),
      http1(server, '/api/v1/namespaces?watch=true', { headers: bearer('t') }),
      http2(server, '/api/v1/namespaces?watch=true', { headers: bearer('t') }),
    ].map((request) => request.then(String, String))
    await until(() => server.requests.length === 4)
    raw.on('error', () => {})
    const [, ...outcomes] = await Promise.all([server.close(), once(raw, 'close'), ...pending])
    expect(outcomes).toHaveLength(5)
    expect([server.openConnections, server.openWatches]).toEqual([0, 0])
  })

  test('leaves nothing behind that keeps a process alive', () => {
    const source = JSON.stringify(new URL('../../src/testing/api-server.ts', import.meta.url).href)
    const program = `
      import { get } from 'node:https'
      import { startApiServer } from ${source}
      const server = await startApiServer()
      const ca = server.certificateAuthorityPem
      await new Promise((done) => {
        get(server.url + '/version', { ca }, (response) => response.resume().on('end', done))
      })
      await server.close()
      console.log('closed')
    `
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program]
    // A process that something keeps alive runs into the timeout, which throws.
    const printed = execFileSync(process.execPath, args, { timeout: 20_000, encoding: 'utf8' })
    expect(printed).toBe('closed\n')
  })
})
