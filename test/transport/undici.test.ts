import { createHash } from 'node:crypto'
import { PassThrough, Writable, type Readable } from 'node:stream'

import * as undici from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { UndiciCluster } from '../../src/transport/undici-cluster.ts'
import type { UndiciOptions } from '../../src/transport/undici.ts'
import {
  certificatesOf,
  eventually,
  ScriptedProvider,
  sourceOf,
  streamed,
  targetOf,
  text,
  tokensOf,
} from './stacks.ts'

const namespaces = '/api/v1/namespaces'
const isUndici8 = 'Dispatcher1Wrapper' in undici
const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex')

describe('the undici stack', () => {
  let server: FakeApiServer
  let provider: ScriptedProvider

  beforeEach(async () => {
    server = await startApiServer()
    provider = tokensOf(server)
  })

  afterEach(async () => {
    await eventually(() => server.openConnections === 0, 'all connections are closed')
    await server.close()
  })

  const connect = (options: UndiciOptions = {}, from: ScriptedProvider = provider): UndiciCluster =>
    new UndiciCluster(
      {
        server: targetOf(server),
        source: sourceOf(from, { cooldown: { firstMs: 5, maxMs: 5 } }),
        namespace: 'default',
        rules: { userAgent: 'test-agent', impersonation: [] },
      },
      options,
    )

  const fetches: readonly [string, (cluster: UndiciCluster) => Fetch][] = [
    ["undici's fetch", (cluster) => (path, init) => cluster.fetch(path, init)],
    [
      'the global fetch',
      (cluster) => async (path, init) =>
        // The two packages' types differ, though one dispatcher serves both.
        (await fetch(cluster.url(path), {
          ...init,
          dispatcher: cluster.dispatcher,
        } as unknown as RequestInit)) as unknown as undici.Response,
    ],
  ]
  type Fetch = (path: string, init?: undici.RequestInit) => Promise<undici.Response>

  describe.each(fetches)('%s', (_name, bind) => {
    test('gets and posts, and heals a 401 with the body sent again', async () => {
      await using cluster = connect()
      const send = bind(cluster)
      const got = await send(namespaces)
      expect(got.status).toBe(200)
      expect(await got.json()).toMatchObject({ kind: 'NamespaceList' })
      server.revoke('all')
      const posted = await send('/echo', { method: 'POST', body: 'hello' })
      await posted.text()
      expect(posted.status).toBe(200)
      expect(server.requests.at(-1)?.bodySha256).toBe(sha256('hello'))
      expect(provider.runs).toBe(2)
    })

    test('sends a streamed body again', async () => {
      await using cluster = connect()
      const send = bind(cluster)
      await (await send(namespaces)).text()
      server.revoke('all')
      const body = ReadableStream.from(streamed('hello', ' ', 'again'))
      const posted = await send('/echo', { method: 'POST', body, duplex: 'half' })
      await posted.text()
      expect(posted.status).toBe(200)
      expect(server.requests.at(-1)?.bodySha256).toBe(sha256('hello again'))
    })

    test('rejects at once when it is aborted while a credential is awaited', async () => {
      const waiting = new ScriptedProvider(
        ({ signal }) =>
          new Promise((_resolve, reject) => (signal.onabort = () => reject(signal.reason))),
      )
      await using cluster = connect({}, waiting)
      const controller = new AbortController()
      const sent = bind(cluster)(namespaces, { signal: controller.signal })
      await eventually(() => waiting.runs === 1, 'the provider runs')
      controller.abort()
      await expect(sent).rejects.toThrow(/abort/iu)
      expect(server.requests).toHaveLength(0)
    })

    test('does not follow a redirect to another server', async () => {
      await using other = await startApiServer()
      await using cluster = connect()
      server.respondOnce({ statusCode: 302, headers: { location: `${other.url}/version` } })
      await expect(bind(cluster)(namespaces)).rejects.toThrow(
        /fetch failed|refused: the credential/u,
      )
      expect(other.requests).toHaveLength(0)
    })
  })

  test('serves request, stream and pipeline of undici itself', async () => {
    await using cluster = connect()
    const { dispatcher } = cluster
    const requested = await undici.request(cluster.url(namespaces), { dispatcher })
    expect(await requested.body.json()).toMatchObject({ kind: 'NamespaceList' })

    const chunks: Buffer[] = []
    await undici.stream(
      cluster.url(namespaces),
      { dispatcher, method: 'GET' },
      () =>
        new Writable({
          write(chunk: Buffer, _encoding, done) {
            chunks.push(chunk)
            done()
          },
        }),
    )
    expect(Buffer.concat(chunks).toString()).toContain('NamespaceList')

    server.revoke('all')
    const duplex = undici.pipeline(
      cluster.url('/echo'),
      { dispatcher, method: 'POST' },
      ({ statusCode, body }) => {
        expect(statusCode).toBe(200)
        return body
      },
    )
    duplex.end('through the pipeline')
    await text(duplex)
    expect(server.requests.at(-1)?.bodySha256).toBe(sha256('through the pipeline'))
  })

  test('can be composed with interceptors', async () => {
    await using cluster = connect()
    const seen: string[] = []
    const dispatcher = cluster.dispatcher.compose((dispatch) => (options, handler) => {
      seen.push(options.path)
      return dispatch(options, handler)
    })
    const { statusCode, body } = await undici.request(cluster.url(namespaces), { dispatcher })
    await body.dump()
    expect(statusCode).toBe(200)
    expect(seen).toEqual([namespaces])
  })

  test.each([
    ['a record', { 'x-one': '1', 'x-two': ['a', 'b'] }],
    ['a flat list', ['x-one', '1', 'x-two', 'a', 'x-two', 'b']],
    [
      'pairs',
      new Map<string, string | string[]>([
        ['x-one', '1'],
        ['x-two', ['a', 'b']],
      ]),
    ],
  ])(
    'keeps the headers of the caller, given as %s, and does not change them',
    async (_form, headers) => {
      await using cluster = connect()
      const before = JSON.stringify(headers)
      const { body } = await cluster.request(namespaces, { headers })
      await body.dump()
      expect(JSON.stringify(headers)).toBe(before)
      expect(server.requests[0]?.headers).toMatchObject({ 'x-one': '1', 'x-two': 'a, b' })
      expect(server.requests[0]?.user).toBeDefined()
    },
  )

  test('upgrades a connection, heals its 401, and lets it outlive a rotation', async () => {
    const certificates = certificatesOf(server)
    const cluster = connect({ drainMs: 5 }, certificates)
    server.respondOnce({ statusCode: 401, path: '/upgrade-echo' })
    const { socket } = await cluster.dispatcher.upgrade({ path: '/upgrade-echo', protocol: 'echo' })
    expect(certificates.runs).toBe(2)
    await cluster.source.renew()
    await (await cluster.request(namespaces)).body.dump()

    const through = new PassThrough()
    socket.pipe(through)
    socket.write('still here')
    const [chunk] = (await new Promise<Buffer[]>((resolve) =>
      through.once('data', (data: Buffer) => resolve([data])),
    )) as [Buffer]
    expect(chunk.toString()).toBe('still here')
    await cluster.close()
    await eventually(() => socket.destroyed, 'closing the cluster ends the upgraded connection')
  })

  const versions = isUndici8 ? [false, true] : [false]
  test.each(versions)('closes what is idle at a rotation (HTTP/2: %s)', async (http2) => {
    const cluster = connect({ http2 }, certificatesOf(server))
    await (await cluster.request(namespaces)).body.dump()
    const { socket } = await cluster.dispatcher.upgrade({ path: '/upgrade-echo', protocol: 'echo' })
    socket.on('error', () => undefined)
    expect(server.openConnections).toBe(2)
    await cluster.source.renew()
    await (await cluster.request(namespaces)).body.dump()
    expect(server.connectionsOpened).toBe(3)
    await eventually(() => server.openConnections === 2, 'the idle connection is closed')
    expect(socket.destroyed).toBe(false)
    await cluster.close()
  })

  test('streams a watch, and does not end it when it is quiet', async () => {
    await using cluster = connect()
    const { body } = await cluster.request(`${namespaces}?watch=true`)
    const lines: string[] = []
    body.setEncoding('utf8')
    body.on('data', (data: string) => lines.push(data))
    body.on('error', () => undefined)
    server.createNamespace('fresh')
    await eventually(() => lines.join('').includes('"fresh"'), 'the event came')
    expect(lines.join('')).toContain('ADDED')
    body.destroy()
    await eventually(() => server.openWatches === 0, 'the server saw the end')
  })

  test('refuses one watch more than the limit, and takes it when another has ended', async () => {
    await using cluster = connect({ maxStreams: 1 })
    const watch = { query: { watch: true } }
    const first = await cluster.dispatcher.request({
      path: namespaces,
      method: 'GET',
      origin: server.url,
      ...watch,
    })
    await expect(cluster.request(`${namespaces}?watch=1`)).rejects.toMatchObject({
      code: 'ERR_STREAM_LIMIT',
    })
    const ordinary = await cluster.request(namespaces)
    await ordinary.body.dump()
    first.body.on('error', () => undefined)
    first.body.destroy()
    await eventually(() => server.openWatches === 0, 'the first watch has ended')
    const next = await cluster.request(`${namespaces}?watch=1`)
    next.body.on('error', () => undefined)
    next.body.destroy()
    expect(next.statusCode).toBe(200)
  })

  test('closes with a callback too, destroys with an error of the caller, and says so after', async () => {
    const cluster = connect()
    await (await cluster.request(namespaces)).body.dump()
    await new Promise<void>((resolve) => cluster.dispatcher.close(resolve))
    await expect(cluster.request(namespaces)).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await cluster.close()

    const other = connect()
    server.intercept((_request, respond) => {
      respond.begin({ statusCode: 200 }).write('begun')
      return true
    })
    const { body } = await other.request(namespaces)
    const rest = body.text()
    rest.catch(() => undefined)
    await new Promise<void>((resolve) => other.dispatcher.destroy(new Error('my reason'), resolve))
    await expect(rest).rejects.toThrow('my reason')
    await other.dispatcher.destroy()
    await other.close()
  })

  test('turns what a handler throws on a held 401 into its error', async () => {
    const { token } = server.issueToken()
    await using cluster = connect({}, new ScriptedProvider(() => createCredential({ token })))
    server.revoke(token)
    const { dispatcher } = cluster
    const refused = undici.stream(cluster.url(namespaces), { dispatcher, method: 'GET' }, () => {
      throw new Error('no place for it')
    })
    await expect(refused).rejects.toThrow('no place for it')
  })

  /** Sends a GET whose reader fails at its end; what it was told. */
  function readBadly(cluster: UndiciCluster, path: string) {
    const failure = new Error('the fault of a reader')
    const told: unknown[] = []
    const { origin } = cluster.url('/')
    cluster.dispatcher.dispatch(
      { origin, path, method: 'GET' },
      {
        onRequestStart: () => undefined,
        onResponseStart: () => void told.push('start'),
        onResponseData: () => undefined,
        onResponseEnd: () => {
          throw failure
        },
        onResponseError: (_controller, error) => void told.push(error),
      },
    )
    return { told, failure }
  }

  test('turns what a handler throws at the end into its error', async () => {
    await using cluster = connect()
    const { told, failure } = readBadly(cluster, namespaces)
    await eventually(() => told.length === 2, 'the handler is told of its error')
    expect(told).toEqual(['start', failure])
    await (await cluster.request(namespaces)).body.dump()
  })

  test('does so at the drain deadline of a watch, whose connection is closed', async () => {
    await using cluster = connect({ drainMs: 5 }, certificatesOf(server))
    const { told, failure } = readBadly(cluster, `${namespaces}?watch=true`)
    await eventually(() => told.length === 1, 'the watch begins')
    await cluster.source.renew()
    await (await cluster.request(namespaces)).body.dump()
    await eventually(() => told.length === 2, 'the handler is told of its error')
    expect(told).toEqual(['start', failure])
    await eventually(() => server.openConnections === 1, 'the connection of the watch is closed')
  })

  test('leaves the body of a request that it refuses alone', async () => {
    const cluster = connect()
    await cluster.close()
    const body = new ReadableStream()
    await expect(
      // undici takes web streams, though its types do not say so.
      cluster.request('/echo', { method: 'POST', body: body as unknown as Readable }),
    ).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    expect(body.locked).toBe(false)
  })

  test.each([
    [{ maxStreams: Number.NaN }, 'maxStreams'],
    [{ drainMs: -1 }, 'drainMs'],
    [{ connectTimeoutMs: Number.NaN }, 'connectTimeoutMs'],
  ])('refuses %j', (options, name) => {
    expect(() => connect(options)).toThrow(`"${name}" must not be less than zero`)
  })

  test('hands a request that undici refuses to its caller as an error', async () => {
    await using cluster = connect()
    await expect(
      cluster.request(namespaces, { headers: { 'transfer-encoding': 'chunked' } }),
    ).rejects.toThrow(/transfer-encoding/u)
    const { body } = await cluster.request(namespaces)
    await body.dump()
    expect(server.requests).toHaveLength(1)
  })

  test('passes undici events on', async () => {
    await using cluster = connect()
    const connected = new Promise<string>((resolve) =>
      cluster.dispatcher.once('connect', (origin: URL) => resolve(origin.origin)),
    )
    await (await cluster.request(namespaces)).body.dump()
    expect(await connected).toBe(server.url)
  })

  test('does not pause a response for ever that is paused while its 401 is held', async () => {
    await using cluster = connect()
    server.respondOnce({ statusCode: 401 })
    const { body } = await cluster.request(namespaces, { highWaterMark: 1 })
    expect(await body.json()).toMatchObject({ kind: 'NamespaceList' })
  })

  test('takes HTTP/2 with undici 8 only, since undici 7 loses requests there', async () => {
    const outcome = async (): Promise<string> => {
      await using cluster = connect({ http2: true })
      await (await cluster.request(namespaces)).body.dump()
      return `HTTP/${server.requests[0]?.httpVersion}`
    }
    const said = await outcome().catch((error: unknown) => String(error))
    expect(said).toContain(isUndici8 ? 'HTTP/2.0' : 'http2 needs undici 8')
  })
})
