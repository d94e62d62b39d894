import { createHash } from 'node:crypto'
import net from 'node:net'
import { Readable, type Writable } from 'node:stream'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createCredential, type Credential } from '../../src/credential/credential.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { difference } from '../differences.ts'
import {
  certificatesOf,
  eventually,
  ScriptedProvider,
  sourceOf,
  stacks,
  streamed,
  targetOf,
  text,
  tokensOf,
  type TestWiring,
} from './stacks.ts'

const namespaces = '/api/v1/namespaces'
const json: Readonly<Record<string, string>> = { 'content-type': 'application/json' }
// Less than the time after which a quiet connection is probed.
const drainMs = 10_000

const untilAborted = (signal: AbortSignal): Promise<Credential> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason)
    })
  })

const sha256 = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex')

describe.each(stacks)('$name', ({ open, http2 }) => {
  let server: FakeApiServer

  beforeEach(async () => {
    server = await startApiServer({ http2 })
  })

  afterEach(async () => {
    await eventually(() => server.openConnections === 0, 'all connections are closed')
    await server.close()
  })

  const connect = (provider: ScriptedProvider, more: Partial<TestWiring> = {}) => {
    const source = sourceOf(provider, { cooldown: { firstMs: 5, maxMs: 5 } })
    return open({ server: targetOf(server), source, ...more })
  }

  test('sends the token, the user agent and what it impersonates', async () => {
    await using cluster = connect(tokensOf(server), {
      impersonation: [
        'Impersonate-User',
        'bob',
        'Impersonate-Group',
        'a',
        'Impersonate-Group',
        'b',
      ],
    })
    const { statusCode, body } = await cluster.send(namespaces)
    await text(body)
    expect(statusCode).toBe(200)
    const [request] = server.requests
    expect(request?.headers.authorization).toMatch(/^Bearer ./u)
    expect(request?.headers['user-agent']).toBe('test-agent')
    expect(request?.user).toBe('bob')
    const groups = request?.rawHeaders.filter((_, at, all) =>
      /^impersonate-group$/iu.test(all[at - 1] ?? ''),
    )
    // Two, not one with a comma in it.
    expect(groups).toEqual(['a', 'b'])
  })

  test('speaks the version of HTTP that it is asked to', async () => {
    await using cluster = connect(tokensOf(server), { impersonation: ['Impersonate-User', 'bob'] })
    await text((await cluster.send(namespaces)).body)
    expect(server.requests[0]?.httpVersion).toBe(http2 ? '2.0' : '1.1')
  })

  test("leaves the caller's own Authorization alone, and does not renew on its 401", async () => {
    const provider = tokensOf(server)
    await using cluster = connect(provider)
    const { token } = server.issueToken({ user: 'carol' })
    const own = await cluster.send(namespaces, { headers: { Authorization: `Bearer ${token}` } })
    await text(own.body)
    expect(own.statusCode).toBe(200)
    expect(server.requests[0]?.user).toBe('carol')

    const bad = await cluster.send(namespaces, { headers: { AUTHORIZATION: 'Bearer nonsense' } })
    await text(bad.body)
    expect(bad.statusCode).toBe(401)
    expect(provider.runs).toBe(1)
  })

  test('lets 100 first requests share one run of the provider', async () => {
    const provider = tokensOf(server)
    await using cluster = connect(provider)
    const responses = await Promise.all(Array.from({ length: 100 }, () => cluster.send(namespaces)))
    await Promise.all(responses.map(({ body }) => text(body)))
    expect(responses.every(({ statusCode }) => statusCode === 200)).toBe(true)
    expect(provider.runs).toBe(1)
  })

  const bodies: readonly [string, () => string | Uint8Array | AsyncIterable<Uint8Array>][] = [
    ['a string', () => 'hello, world'],
    ['bytes', () => Buffer.from('hello, world')],
    ['an async generator', () => streamed('hello', ', ', 'world')],
    ['a stream', () => Readable.from([Buffer.from('hello'), Buffer.from(', world')])],
  ]

  test.each(bodies)('heals a 401 and sends the body again: %s', async (_name, body) => {
    const provider = tokensOf(server)
    await using cluster = connect(provider)
    await text((await cluster.send(namespaces)).body)
    server.revoke('all')
    server.clearRequests()

    const { statusCode, body: echoed } = await cluster.send('/echo', {
      method: 'POST',
      body: body(),
    })
    await text(echoed)
    expect(statusCode).toBe(200)
    expect(server.requests.map((request) => request.statusCode)).toEqual([401, 200])
    expect(server.requests[1]?.bodySha256).toBe(sha256('hello, world'))
    expect(provider.runs).toBe(2)
    expect(provider.requests[1]?.reason).toBe('rejected')
  })

  test('heals a 401 that came before the body was read', async () => {
    const provider = tokensOf(server)
    await using cluster = connect(provider)
    server.respondOnce({ statusCode: 401, path: '/echo', close: true, body: 'early' })
    const chunk = 'x'.repeat(16 * 1024)
    const chunks = Array.from({ length: 32 }, () => chunk)
    const { statusCode, body } = await cluster.send('/echo', {
      method: 'POST',
      body: streamed(...chunks),
    })
    await text(body)
    expect(statusCode).toBe(200)
    expect(server.requests.at(-1)?.bodySha256).toBe(sha256(chunks.join('')))
  })

  test('passes the 401 of a body beyond the limit on at once, and renews behind it', async () => {
    const provider = tokensOf(server)
    await using cluster = connect(provider, { options: { replayBufferBytes: 10 } })
    await text((await cluster.send(namespaces)).body)
    server.revoke('all')
    const { statusCode, body } = await cluster.send('/echo', {
      method: 'POST',
      body: streamed('more than ', 'ten bytes'),
    })
    expect(await text(body)).toContain('Unauthorized')
    expect(statusCode).toBe(401)
    await eventually(() => provider.runs === 2, 'the renewal ran')
    const { statusCode: after, body: rest } = await cluster.send(namespaces)
    await text(rest)
    expect(after).toBe(200)
  })

  test('gives the 401 with its body when the provider has nothing else', async () => {
    const { token } = server.issueToken()
    const provider = new ScriptedProvider(() => createCredential({ token }))
    await using cluster = connect(provider)
    server.revoke(token)
    const { statusCode, body } = await cluster.send(namespaces)
    expect(statusCode).toBe(401)
    expect(JSON.parse(await text(body))).toMatchObject({ kind: 'Status', code: 401 })
    expect(server.requests).toHaveLength(1)
  })

  test('gives the 401 with its body when the renewal fails', async () => {
    const { token } = server.issueToken()
    const provider = new ScriptedProvider(({ reason }) => {
      if (reason === 'rejected') throw new Error('no more')
      return createCredential({ token })
    })
    await using cluster = connect(provider)
    server.revoke(token)
    const { statusCode, body } = await cluster.send(namespaces)
    expect(statusCode).toBe(401)
    expect(await text(body)).toContain('Unauthorized')
    expect(provider.runs).toBe(2)
  })

  test('does not hang on a 401 whose body never ends', async () => {
    const provider = tokensOf(server)
    await using cluster = connect(provider)
    let bad = true
    server.intercept((request, respond) => {
      if (!bad || request.path !== '/echo') return false
      bad = false
      respond.endless({ statusCode: 401 })
      return true
    })
    const controller = new AbortController()
    const { statusCode, body } = await cluster.send('/echo', {
      method: 'POST',
      signal: controller.signal,
    })
    // Either is right: healed because the credential was quick, or passed on because the body
    // outgrew what is held.
    expect([200, 401]).toContain(statusCode)
    body.on('error', () => undefined)
    controller.abort()
    body.destroy()
  })

  test('heals a 401 whose body trickles and does not end', async () => {
    const provider = tokensOf(server)
    await using cluster = connect(provider)
    server.intercept((request, respond) => {
      if (request.path !== '/echo' || provider.runs > 1) return false
      respond.begin({ statusCode: 401 }).write('half of ')
      return true
    })
    const { statusCode, body } = await cluster.send('/echo', { method: 'POST', body: 'again' })
    await text(body)
    expect(statusCode).toBe(200)
    expect(server.requests.at(-1)?.bodySha256).toBe(sha256('again'))
  })

  test('gives the second 401 to the caller, and runs the provider once for each cooldown', async () => {
    const provider = tokensOf(server)
    const source = sourceOf(provider, { cooldown: { firstMs: 60_000, maxMs: 60_000 } })
    await using cluster = connect(provider, { source })
    server.intercept((_request, respond) => {
      respond.reply({ statusCode: 401, body: 'never' })
      return true
    })
    for (let count = 0; count < 20; count++) {
      const { statusCode, body } = await cluster.send(namespaces)
      expect(await text(body)).toBe('never')
      expect(statusCode).toBe(401)
    }
    expect(provider.runs).toBe(2)
    expect(server.requests).toHaveLength(21)
  })

  test('shares one renewal among 50 rejected requests and heals them all', async () => {
    const provider = tokensOf(server)
    await using cluster = connect(provider)
    await text((await cluster.send(namespaces)).body)
    server.revoke('all')
    const responses = await Promise.all(Array.from({ length: 50 }, () => cluster.send(namespaces)))
    await Promise.all(responses.map(({ body }) => text(body)))
    expect(responses.map(({ statusCode }) => statusCode)).toEqual(Array(50).fill(200))
    expect(provider.runs).toBe(2)
  })

  test('returns at once from an abort while the provider runs, and sends nothing', async () => {
    const never = new ScriptedProvider(({ signal }) => untilAborted(signal))
    await using cluster = connect(never)
    const controller = new AbortController()
    const body = Readable.from([Buffer.from('unsent')])
    const sent = cluster.send('/echo', { method: 'POST', body, signal: controller.signal })
    await eventually(() => never.runs === 1, 'the provider runs')
    const reason = new Error('changed my mind')
    controller.abort(reason)
    await expect(sent).rejects.toBe(reason)
    await eventually(() => body.destroyed, 'the body is destroyed')
    expect(server.requests).toHaveLength(0)
  })

  test('ends a response that is aborted half-way', async () => {
    await using cluster = connect(tokensOf(server))
    server.intercept((_request, respond) => {
      respond.begin({ statusCode: 200 }).write('first')
      return true
    })
    const controller = new AbortController()
    const { body } = await cluster.send(namespaces, { signal: controller.signal })
    const reason = new Error('enough')
    const rest = text(body)
    controller.abort(reason)
    await expect(rest).rejects.toThrow('enough')
  })

  test('says in client-go words that the credential could not be got', async () => {
    const broken = new ScriptedProvider(() => {
      throw new KubecredError('ERR_EXEC_FAILED', 'exec: executable x failed with exit code 1', {
        hint: 'look at x',
      })
    })
    await using cluster = connect(broken)
    const error = await cluster.send(namespaces).catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'ERR_EXEC_FAILED',
      message: 'getting credentials: exec: executable x failed with exit code 1',
      hint: 'look at x',
    })
  })

  test('sends nothing to another server', async () => {
    const provider = tokensOf(server)
    await using other = await startApiServer({ http2 })
    await using cluster = connect(provider)
    await expect(cluster.send(`${other.url}/version`)).rejects.toMatchObject({
      code: 'ERR_FOREIGN_ORIGIN',
    })
    expect(other.requests).toHaveLength(0)
  })

  test('moves to new connections when the certificate changes, and lets the old ones finish', async () => {
    difference('rotation-drains')
    const provider = certificatesOf(server)
    await using cluster = connect(provider)
    let finish = (): void => undefined
    server.intercept((request, respond) => {
      if (!request.path.startsWith('/slow')) return false
      const out = respond.begin({ statusCode: 200 })
      out.write('begun ')
      finish = () => out.end('and finished')
      return true
    })
    const slow = await cluster.send('/slow')
    const before = (await cluster.source.get()).certificate
    const after = (await cluster.source.renew()).certificate

    for (let count = 0; count < 5; count++) await text((await cluster.send(namespaces)).body)
    const seen = server.requests.slice(1).map((request) => request.clientCertificateFingerprint)
    expect(before?.fingerprint).not.toBe(after?.fingerprint)
    expect(new Set(seen).size).toBe(1)
    expect(seen[0]).not.toBe(server.requests[0]?.clientCertificateFingerprint)
    // A resumed session would carry the identity of the old certificate.
    expect(server.requests[1]?.tlsSessionReused).toBe(false)
    const openBefore = server.openConnections
    finish()
    expect(await text(slow.body)).toBe('begun and finished')
    await eventually(
      () => server.openConnections === openBefore - 1,
      'the old connection is closed',
    )
  })

  test('closes what is idle at a rotation, though something old is still open', async () => {
    await using cluster = connect(certificatesOf(server))
    const watch = await cluster.send(`${namespaces}?watch=true`)
    watch.body.on('error', () => undefined)
    const send = async (): Promise<string> => await text((await cluster.send(namespaces)).body)
    await Promise.all(Array.from({ length: 8 }, send))
    expect(server.openConnections).toBeGreaterThanOrEqual(http2 ? 1 : 9)
    await cluster.source.renew()
    await send()
    // That of the watch; over HTTP/2 watches have none of their own; and that of the request.
    await eventually(() => server.openConnections <= 3, 'what was idle is closed')
    expect(server.openWatches).toBe(1)
  })

  test('does not show the old certificate when the next credential has none', async () => {
    const provider = certificatesOf(server)
    await using cluster = connect(provider)
    await text((await cluster.send(namespaces)).body)
    provider.next = () => createCredential({ token: server.issueToken({ user: 'bob' }).token })
    await cluster.source.renew()
    await text((await cluster.send(namespaces)).body)
    expect(server.requests.map(({ user }) => user)).toEqual(['alice', 'bob'])
    expect(server.requests[1]?.clientCertificateFingerprint).toBeUndefined()
  })

  test('keeps its connections when only the token changes', async () => {
    await using cluster = connect(tokensOf(server))
    const send = async (): Promise<string> => await text((await cluster.send(namespaces)).body)
    // Two to begin with: undici takes turns between connections.
    for (let count = 0; count < 3; count++) await send()
    const opened = server.connectionsOpened
    for (let changes = 0; changes < 50; changes++) {
      await cluster.source.renew()
      for (let count = 0; count < 3; count++) await send()
    }
    expect(server.connectionsOpened).toBe(opened)
    expect(new Set(server.requests.map(({ headers }) => headers.authorization)).size).toBe(51)
  })

  test('cuts what an old identity still has open at the drain deadline', async () => {
    await using cluster = connect(certificatesOf(server), { options: { drainMs: 20 } })
    server.intercept((request, respond) => {
      if (request.path !== '/slow') return false
      respond.begin({ statusCode: 200 }).write('begun')
      return true
    })
    const slow = await cluster.send('/slow')
    const rest = text(slow.body)
    rest.catch(() => undefined)
    await cluster.source.renew()
    await text((await cluster.send(namespaces)).body)
    await expect(rest).rejects.toMatchObject({ code: 'ERR_DRAINED' })
  })

  /** A cluster with a watch whose events the test writes, after a rotation. */
  const rotatedWatch = async (clock: FakeClock, drainsFor: number, headers = json) => {
    let out: Writable | undefined
    server.intercept((request, respond) => {
      if (!request.path.includes('watch')) return false
      out = respond.begin({ statusCode: 200, headers })
      out.write('{"type":"ADDED"}\n{"type":')
      return true
    })
    const cluster = connect(certificatesOf(server), { options: { drainMs: drainsFor, clock } })
    const { body } = await cluster.send(`${namespaces}?watch=true`)
    let seen = ''
    body.on('data', (chunk: Buffer) => (seen += String(chunk)))
    const ended = new Promise<unknown>((resolve) => {
      body.once('end', () => resolve('whole')).once('error', resolve)
    })
    await eventually(() => seen.endsWith('"type":'), 'half an event has come')
    await cluster.source.renew()
    await text((await cluster.send(namespaces)).body)
    return {
      ended,
      write: (chunk: string) => out?.write(chunk),
      seen: () => seen,
      [Symbol.asyncDispose]: () => cluster.close(),
    }
  }

  test('ends a watch at the drain deadline as if it were complete, after a whole line', async () => {
    difference('rotation-drains')
    const clock = createFakeClock()
    await using watch = await rotatedWatch(clock, drainMs)
    const { ended, write, seen } = watch
    clock.advance(drainMs - 1)
    write('"MODIFIED"}\n{"type":')
    await eventually(() => seen().endsWith('"MODIFIED"}\n{"type":'), 'the watch goes on')
    clock.advance(1)
    write('"DELETED"}\n{"type":"LOST"}\n{')
    expect(await ended).toBe('whole')
    expect(seen()).toBe('{"type":"ADDED"}\n{"type":"MODIFIED"}\n{"type":"DELETED"}\n')
    await eventually(() => server.openConnections === 1, 'the old connection is closed')
  })

  test('ends a watch at once at a rotation, after a whole line, where drainMs is 0', async () => {
    const clock = createFakeClock()
    await using watch = await rotatedWatch(clock, 0)
    const { ended, write, seen } = watch
    clock.advance(0)
    write('"DELETED"}\n')
    expect(await ended).toBe('whole')
    expect(seen()).toBe('{"type":"ADDED"}\n{"type":"DELETED"}\n')
  })

  test('cuts a watch whose line has no end five seconds after the deadline', async () => {
    const clock = createFakeClock()
    await using watch = await rotatedWatch(clock, drainMs)
    const { ended } = watch
    clock.advance(drainMs)
    clock.advance(5000)
    expect(await ended).toMatchObject({ code: 'ERR_DRAINED' })
  })

  test('cuts a watch that does not come by line at the deadline', async () => {
    const clock = createFakeClock()
    const protobuf = { 'content-type': 'application/vnd.kubernetes.protobuf;stream=watch' }
    await using watch = await rotatedWatch(clock, drainMs, protobuf)
    const { ended } = watch
    clock.advance(drainMs)
    expect(await ended).toMatchObject({ code: 'ERR_DRAINED' })
  })

  test('goes on with a slow upload over its old connection, and sends the next over a new one', async () => {
    await using cluster = connect(certificatesOf(server))
    const begun = Promise.withResolvers<void>()
    const rotated = Promise.withResolvers<void>()
    const upload = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('before ')
      begun.resolve()
      await rotated.promise
      yield Buffer.from('and after')
    }
    const slow = cluster.send('/echo', { method: 'POST', body: upload() })
    await begun.promise
    await eventually(() => server.requests.length === 1, 'the upload has begun')
    await cluster.source.renew()
    await text((await cluster.send('/echo', { method: 'POST', body: 'new' })).body)
    rotated.resolve()
    const { statusCode, body } = await slow
    await text(body)
    const [old, next] = server.requests
    expect([statusCode, old?.bodySha256]).toEqual([200, sha256('before and after')])
    expect(next?.clientCertificateFingerprint).not.toBe(old?.clientCertificateFingerprint)
  })

  test('trusts another authority over new connections, and lets the old ones finish', async () => {
    difference('authority-rotates')
    const trusted = { certificateAuthorityPem: server.certificateAuthorityPem }
    const target = targetOf(server)
    Object.defineProperty(target, 'certificateAuthorityPem', {
      get: () => trusted.certificateAuthorityPem,
    })
    await using cluster = connect(tokensOf(server), { server: target })
    let finish = (): void => undefined
    server.intercept((request, respond) => {
      if (request.path !== '/slow') return false
      const out = respond.begin({ statusCode: 200 })
      out.write('begun ')
      finish = () => out.end('and finished')
      return true
    })
    const slow = await cluster.send('/slow')
    // A bundle of both, as while an authority is being replaced.
    const { certificatePem: other } = createCertificateAuthority()
    trusted.certificateAuthorityPem = `${server.certificateAuthorityPem}${other}`
    await text((await cluster.send(namespaces)).body)
    expect(server.requests[1]?.connectionId).not.toBe(server.requests[0]?.connectionId)
    trusted.certificateAuthorityPem = other
    await expect(cluster.send(namespaces)).rejects.toThrow(
      /unable to verify|unknown authority|self-signed/u,
    )
    expect(server.requests).toHaveLength(2)
    finish()
    expect(await text(slow.body)).toBe('begun and finished')
  })

  test('ends what is open when it is closed, and refuses what comes after', async () => {
    const cluster = connect(tokensOf(server))
    server.intercept((_request, respond) => {
      respond.begin({ statusCode: 200 }).write('begun')
      return true
    })
    const { body } = await cluster.send(namespaces)
    const rest = text(body)
    rest.catch(() => undefined)
    await cluster.close()
    await expect(rest).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await expect(cluster.send(namespaces)).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await cluster.close()
  })

  test('opens every connection through the given connect function', async () => {
    const targets: string[] = []
    const dial = async ({ host, port }: { host: string; port: number }): Promise<net.Socket> => {
      targets.push(`${host}:${port}`)
      const socket = net.connect(server.port, '127.0.0.1')
      await new Promise((resolve) => socket.once('connect', resolve))
      return socket
    }
    await using cluster = connect(certificatesOf(server), {
      server: targetOf(server, { url: 'https://localhost:1' }),
      options: { connect: dial },
    })
    await text((await cluster.send(namespaces)).body)
    await cluster.source.renew()
    await text((await cluster.send(namespaces)).body)
    expect(targets).toEqual(['localhost:1', 'localhost:1'])
    expect(server.requests.map(({ statusCode }) => statusCode)).toEqual([200, 200])
  })

  test('fails the request when the given connect function fails', async () => {
    await using cluster = connect(tokensOf(server), {
      options: { connect: () => Promise.reject(new Error('no tunnel')) },
    })
    const error: unknown = await cluster.send(namespaces).catch((caught: unknown) => caught)
    expect(JSON.stringify([String(error), String((error as Error).cause)])).toContain('no tunnel')
  })

  test('asks for the name that tls-server-name gives, and verifies it', async () => {
    await using cluster = connect(tokensOf(server), {
      server: targetOf(server, { tlsServerName: 'localhost' }),
    })
    await text((await cluster.send(namespaces)).body)
    expect(server.requests[0]?.tlsServerName).toBe('localhost')

    await using wrong = connect(tokensOf(server), {
      server: targetOf(server, { tlsServerName: 'elsewhere.example' }),
    })
    await expect(wrong.send(namespaces)).rejects.toThrow(/altname|certificate is valid for /iu)
    expect(server.requests).toHaveLength(1)
  })

  test('does not send the token to a server of another authority, unless told not to care', async () => {
    const { certificatePem } = createCertificateAuthority()
    await using cluster = connect(tokensOf(server), {
      server: targetOf(server, { certificateAuthorityPem: certificatePem }),
    })
    await expect(cluster.send(namespaces)).rejects.toThrow(
      /unable to verify|unknown authority|self-signed/u,
    )
    expect(server.requests).toHaveLength(0)

    await using careless = connect(tokensOf(server), {
      server: targetOf(server, { certificateAuthorityPem: undefined, insecureSkipTlsVerify: true }),
    })
    const { statusCode, body } = await careless.send(namespaces)
    await text(body)
    expect(statusCode).toBe(200)
  })

  test('refuses contradictory TLS settings when it is made', () => {
    const source = sourceOf(tokensOf(server))
    expect(() =>
      open({ server: targetOf(server, { insecureSkipTlsVerify: true }), source }),
    ).toThrow('specifying a root certificates file with the insecure flag is not allowed')
    expect(() =>
      open({ server: targetOf(server, { certificateAuthorityPem: 'nothing' }), source }),
    ).toThrow('unable to load root certificates: unable to parse bytes as PEM block')
  })

  test('sends to a server that lives below a path', async () => {
    await using cluster = connect(tokensOf(server), {
      server: targetOf(server, { url: `${server.url}/k8s/prod` }),
    })
    await text((await cluster.send('/version')).body)
    await text((await cluster.send('/k8s/prod/version')).body)
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/k8s/prod/version',
      '/k8s/prod/version',
    ])
  })

  test('says so when nothing listens there', async () => {
    const unused = net.createServer()
    await new Promise<void>((resolve) => unused.listen(0, '127.0.0.1', resolve))
    const address = unused.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await new Promise((resolve) => unused.close(resolve))
    await using cluster = connect(tokensOf(server), {
      server: targetOf(server, { url: `https://127.0.0.1:${port}` }),
    })
    await expect(cluster.send(namespaces)).rejects.toThrow(/refused|ECONNREFUSED/u)
  })

  test('gives up a server that accepts and does not speak', async () => {
    const open_ = new Set<net.Socket>()
    const mute = net.createServer((socket) => open_.add(socket))
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const address = mute.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await using cluster = connect(tokensOf(server), {
      server: targetOf(server, { url: `https://127.0.0.1:${port}` }),
      options: { connectTimeoutMs: 100 },
    })
    await expect(cluster.send(namespaces)).rejects.toThrow(/timeout|within/iu)
    for (const socket of open_) socket.destroy()
    await new Promise((resolve) => mute.close(resolve))
  })
})
