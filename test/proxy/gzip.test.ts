import { createHook } from 'node:async_hooks'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { constants, createGzip, gzipSync } from 'node:zlib'

import { afterEach, beforeAll, describe, expect, test } from 'vitest'

import { liveCluster, plantedToken } from '../cli/live-cluster.ts'
import { besideKubectl, hasKubectl } from '../kubeconfig/kubectl.ts'
import { until } from '../testing/until.ts'
import { startOurs, startTheirs, stopProxy, type StartedProxy } from './both-proxies.ts'
import { sendRaw } from './raw-request.ts'

const cluster = liveCluster()
const running: StartedProxy[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map(stopProxy))
  await until(() => cluster.server.openConnections === 0)
})

async function startProxy(...flags: readonly string[]): Promise<number> {
  const config = flags.includes('--kubeconfig') ? [] : ['--kubeconfig', cluster.withToken]
  return portOf(await startOurs([...config, ...flags]))
}

function portOf(proxy: StartedProxy): number {
  running.push(proxy)
  if (proxy.kind === 'refuses') throw new Error(proxy.words)
  return proxy.port
}

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

async function respond(port: number, path: string, asked: Asked = {}): Promise<IncomingMessage> {
  const { method = 'GET', headers = {} } = asked
  const options = { host: '127.0.0.1', port, path, method, headers, agent: false }
  const [response]: IncomingMessage[] = await once(httpRequest(options).end(), 'response')
  if (response === undefined) throw new Error('no response')
  return response
}

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

async function ask(port: number, path: string, asked?: Asked): Promise<Answer> {
  const response = await respond(port, path, asked)
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) }
}

/** What the client saw in the place of an answer, or of the rest of it. */
async function failure(port: number, path: string): Promise<string> {
  return await ask(port, path).then(
    ({ status, body }) => `${status} with ${body.length} bytes`,
    (error: unknown) => String(error),
  )
}

const broken = /^Error: (?:aborted|socket hang up)$/u

/** Has the server answer once with these bytes, as gzip unless the headers say otherwise. */
function answerOnce(body: Uint8Array, headers: Readonly<Record<string, string>> = {}): void {
  cluster.server.respondOnce({
    statusCode: 200,
    headers: { 'content-encoding': 'gzip', 'x-kept': 'yes', ...headers },
    body,
  })
}

/** Has the server begin its next answer as gzip, and leaves the rest to the test. */
function beginOnce(then: (out: Writable, drop: () => void) => void): void {
  const end = cluster.server.intercept((_request, reply) => {
    end()
    const headers = { 'content-encoding': 'gzip' }
    then(reply.begin({ statusCode: 200, headers }), () => reply.dropConnection('reset'))
    return true
  })
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** What the server was asked for encodings; undefined when it was not. */
const askedFor = (): string | undefined =>
  cluster.server.requests
    .at(-1)
    ?.rawHeaders.reduce<string | undefined>(
      (found, name, index, all) =>
        index % 2 === 0 && name.toLowerCase() === 'accept-encoding'
          ? [...(found === undefined ? [] : [found]), all[index + 1] ?? ''].join(' and ')
          : found,
      undefined,
    )

/** Bytes of which some repeat and some do not. */
function mixedBytes(length: number): Buffer {
  const some = randomBytes(1021)
  return Buffer.concat(
    Array.from({ length: Math.ceil(length / 2048) }, () =>
      Buffer.concat([some, randomBytes(1027)]),
    ),
  ).subarray(0, length)
}

describe('for a client that leaves the encoding open', () => {
  test('the server is asked for gzip, and the client gets the body decoded', async () => {
    const port = await startProxy()
    answerOnce(gzipSync('hello'))
    const { status, headers, body } = await ask(port, '/x')
    expect(askedFor()).toBe('gzip')
    expect([status, body.toString()]).toEqual([200, 'hello'])
    expect(headers).toMatchObject({ 'x-kept': 'yes', 'transfer-encoding': 'chunked' })
    expect(headers).not.toHaveProperty('content-encoding')
    expect(headers).not.toHaveProperty('content-length')
  })

  test.each<[what: string, length: number]>([
    ['0 B', 0],
    ['1 B', 1],
    ['100 KB', 100_000],
    ['20 MB', 20_000_000],
  ])('%s come as they were', async (_what, length) => {
    const port = await startProxy()
    const bytes = mixedBytes(length)
    answerOnce(gzipSync(bytes, { level: 1 }))
    const { body } = await ask(port, '/x')
    expect([body.length, sha256(body)]).toEqual([length, sha256(bytes)])
  })

  test('what was encoded in several pieces comes in one', async () => {
    const port = await startProxy()
    const pieces = ['one, ', '', 'two, ', 'three'].map((text) => gzipSync(text))
    answerOnce(Buffer.concat(pieces))
    expect((await ask(port, '/x')).body.toString()).toBe('one, two, three')
  })

  test('whatever the pieces are that it comes in', async () => {
    const port = await startProxy()
    const encoded = Buffer.concat([gzipSync('one, '), gzipSync('two')])
    beginOnce((out) => {
      void (async () => {
        for (const byte of encoded) {
          out.write(Buffer.from([byte]))
          await new Promise((resolve) => setImmediate(resolve))
        }
        out.end()
      })()
    })
    expect((await ask(port, '/x')).body.toString()).toBe('one, two')
  })

  test('what the server has flushed comes before the rest is there', async () => {
    const port = await startProxy()
    const gzip = createGzip()
    beginOnce((out) => gzip.pipe(out))
    const asked = respond(port, '/x')
    gzip.write('the first line\n')
    gzip.flush(constants.Z_SYNC_FLUSH)
    const response = await asked
    const [first] = (await once(response, 'data')) as [Buffer]
    expect(first.toString()).toBe('the first line\n')
    gzip.end('the last line\n')
    expect((await buffer(response)).toString()).toBe('the last line\n')
  })

  test('over HTTP/2, too', async () => {
    const port = await startProxy('--http2')
    const bytes = mixedBytes(100_000)
    answerOnce(gzipSync(bytes))
    const { headers, body } = await ask(port, '/x')
    expect([cluster.server.requests[0]?.httpVersion, askedFor()]).toEqual(['2.0', 'gzip'])
    expect(headers).not.toHaveProperty('content-encoding')
    expect(sha256(body)).toBe(sha256(bytes))
  })

  test('a client of HTTP/1.0 gets it up to the end of the connection', async () => {
    const port = await startProxy()
    answerOnce(gzipSync('hello'))
    const request = { method: 'GET', target: '/x', hosts: ['localhost'] }
    const { headers, body } = await sendRaw(port, request)
    expect(body).toBe('hello')
    expect(headers.has('content-encoding')).toBe(false)
  })

  test.each<[what: string, encoding: string]>([
    ['plain', ''],
    ['in another encoding', 'br'],
    ['in two encodings', 'gzip, br'],
  ])('an answer that comes %s is passed on untouched', async (_what, encoding) => {
    const port = await startProxy()
    cluster.server.respondOnce({
      statusCode: 200,
      headers: encoding === '' ? {} : { 'content-encoding': encoding },
      body: 'as it is',
    })
    const { headers, body } = await ask(port, '/x')
    expect([headers['content-encoding'] ?? '', headers['content-length'], body.toString()]).toEqual(
      [encoding, '8', 'as it is'],
    )
  })

  test('a 401 that stays one is decoded as well', async () => {
    const port = await startProxy()
    const refusal = {
      statusCode: 401,
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync('not you'),
    }
    cluster.server.respondOnce(refusal)
    cluster.server.respondOnce(refusal)
    const { status, body } = await ask(port, '/x')
    expect([status, body.toString()]).toEqual([401, 'not you'])
  })
})

describe('the server is not asked for gzip, and nothing is decoded', () => {
  test.each(['gzip', 'identity', 'br', '', 'gzip;q=0', '*'])(
    'when the client says itself: "%s"',
    async (encodings) => {
      const port = await startProxy()
      const encoded = gzipSync('hello')
      answerOnce(encoded)
      const answer = await ask(port, '/x', { headers: { 'accept-encoding': encodings } })
      expect(askedFor()).toBe(encodings)
      expect(answer.headers).toMatchObject({
        'content-encoding': 'gzip',
        'content-length': String(encoded.length),
      })
      expect(answer.body.equals(encoded)).toBe(true)
    },
  )

  test('when the client wants a part', async () => {
    const port = await startProxy()
    const encoded = gzipSync('hello').subarray(0, 7)
    answerOnce(encoded)
    const { headers, body } = await ask(port, '/x', { headers: { range: 'bytes=0-6' } })
    expect(askedFor()).toBeUndefined()
    expect([headers['content-encoding'], body.equals(encoded)]).toEqual(['gzip', true])
  })

  test('for a head alone', async () => {
    const port = await startProxy()
    answerOnce(gzipSync('hello'))
    const { headers, body } = await ask(port, '/x', { method: 'HEAD' })
    expect(askedFor()).toBeUndefined()
    expect([headers['content-encoding'], body.length]).toEqual(['gzip', 0])
  })

  test.each(['watch=true', 'watch=1', 'follow=true'])('for what stays open: ?%s', async (query) => {
    const port = await startProxy()
    const encoded = gzipSync('{"type":"ADDED"}\n')
    answerOnce(encoded)
    const { headers, body } = await ask(port, `/x?${query}`)
    expect(askedFor()).toBeUndefined()
    expect([headers['content-encoding'], body.equals(encoded)]).toEqual(['gzip', true])
  })

  test('for an upgrade', async () => {
    const port = await startProxy()
    const headers = { connection: 'upgrade', upgrade: 'echo' }
    const options = { host: '127.0.0.1', port, path: '/upgrade-echo', headers }
    const request = httpRequest(options).end()
    const socket = await new Promise<{ destroy(): void }>((resolve) =>
      request.once('upgrade', (_response, upgraded) => resolve(upgraded)),
    )
    expect(askedFor()).toBeUndefined()
    socket.destroy()
  })

  test.each<[what: string, flags: () => Promise<readonly string[]>]>([
    ['by a flag', async () => ['--disable-compression']],
    [
      'by the kubeconfig',
      async () => {
        const cluster_ = { 'disable-compression': true }
        const path = await cluster.kubeconfig('plain', { token: plantedToken }, cluster_)
        return ['--kubeconfig', path]
      },
    ],
  ])('when compression is switched off %s', async (_what, flags) => {
    const port = await startProxy(...(await flags()))
    const encoded = gzipSync('hello')
    answerOnce(encoded)
    const { headers, body } = await ask(port, '/x')
    expect(askedFor()).toBeUndefined()
    expect([headers['content-encoding'], body.equals(encoded)]).toEqual(['gzip', true])
  })
})

describe('what cannot be decoded is seen to break off, and the proxy goes on', () => {
  const long = mixedBytes(1_000_000)
  const changedEnd = (encoded: Buffer): Buffer => {
    const copy = Buffer.from(encoded)
    copy.writeInt32LE(copy.readInt32LE(copy.length - 8) ^ 1, copy.length - 8)
    return copy
  }

  test.each<[what: string, body: Buffer]>([
    ['what is no gzip at all', Buffer.from('{"kind":"Status"}')],
    ['a head of gzip alone', gzipSync('').subarray(0, 10)],
    ['a short body without its end', gzipSync('hello').subarray(0, -9)],
    ['a short body without its checksum', gzipSync('hello').subarray(0, -8)],
    ['a short body with another checksum', changedEnd(gzipSync('hello'))],
    ['a long body without its end', gzipSync(long).subarray(0, 500_000)],
    ['a long body with another checksum', changedEnd(gzipSync(long))],
    [
      'a long body that is spoilt in the middle',
      Buffer.concat([gzipSync(long).subarray(0, 400_000), Buffer.alloc(100_000)]),
    ],
    [
      'a second piece without its end',
      Buffer.concat([gzipSync('one'), gzipSync('two').subarray(0, 12)]),
    ],
  ])('%s', async (_what, body) => {
    const port = await startProxy()
    answerOnce(body)
    expect(await failure(port, '/x')).toMatch(broken)
    answerOnce(gzipSync('well again'))
    expect((await ask(port, '/x')).body.toString()).toBe('well again')
  })

  test.each([100, 100_000, 5_000_000])(
    'a body whose connection breaks after %d bytes',
    async (length) => {
      const port = await startProxy()
      const encoded = gzipSync(mixedBytes(length * 3), { level: 1 })
      beginOnce((out, drop) => out.write(encoded.subarray(0, length), drop))
      expect(await failure(port, '/x')).toMatch(broken)
      expect((await ask(port, '/version')).status).toBe(200)
    },
  )
})

describe('a reader that is slow', () => {
  test('holds the server back', async () => {
    const port = await startProxy()
    let sent = 0
    let pouring = true
    beginOnce((out) => {
      const gzip = createGzip({ level: 1 })
      gzip.on('data', (chunk: Buffer) => (sent += chunk.length))
      gzip.pipe(out)
      out.once('close', () => (pouring = false))
      const pour = (): void => {
        while (pouring && gzip.write(randomBytes(65_536))) continue
        if (pouring) gzip.once('drain', pour)
      }
      pour()
    })
    const response = await respond(port, '/much')
    response.on('error', () => undefined)
    response.pause()
    const stands = async (): Promise<boolean> => {
      const before = sent
      await new Promise((resolve) => setTimeout(resolve, 200))
      return sent === before
    }
    await until(stands)
    expect(sent).toBeLessThan(32 * 2 ** 20)
    const before = sent
    response.resume()
    await until(() => sent > before + 2 ** 20)
    response.destroy()
  })

  test('is not drowned in what is small on the way and large in the end', async () => {
    const port = await startProxy()
    const piece = gzipSync(Buffer.alloc(8 * 2 ** 20))
    answerOnce(Buffer.concat(Array.from({ length: 32 }, () => piece)))
    const before = process.memoryUsage().arrayBuffers
    const response = await respond(port, '/bomb')
    response.pause()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48 * 2 ** 20)
    let length = 0
    for await (const chunk of response) length += (chunk as Buffer).length
    expect(length).toBe(32 * 8 * 2 ** 20)
  })
})

describe('a client that goes', () => {
  let collect: () => void
  beforeAll(() => {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  })

  test('ends the request upstream, and leaves nothing of zlib', async () => {
    const port = await startProxy()
    const encoded = gzipSync(mixedBytes(3_000_000), { level: 1 })
    const decoders: WeakRef<object>[] = []
    const hook = createHook({
      init: (_id, type, _trigger, resource) => {
        if (type === 'ZLIB') decoders.push(new WeakRef(resource))
      },
    }).enable()
    for (let round = 0; round < 30; round++) {
      let gone = false
      beginOnce((out) => {
        out.once('close', () => (gone = true))
        out.write(encoded.subarray(0, 10_000 + round * 50_000))
      })
      const response = await respond(port, '/x')
      response.on('error', () => undefined)
      if (round % 2 === 0) response.pause()
      else await once(response, 'data')
      response.destroy()
      await until(() => gone)
    }
    hook.disable()
    expect(decoders).toHaveLength(30)
    await until(() => {
      collect()
      return decoders.every((ref) => ref.deref() === undefined)
    })
    expect((await ask(port, '/version')).status).toBe(200)
  })

  test('before the first byte came does no harm either', async () => {
    const port = await startProxy()
    let gone = false
    beginOnce((out) => void out.once('close', () => (gone = true)))
    const response = await respond(port, '/x')
    response.on('error', () => undefined)
    response.destroy()
    await until(() => gone)
    expect((await ask(port, '/version')).status).toBe(200)
  })
})

interface Case extends Asked {
  readonly title: string
  readonly path?: string
  readonly lines?: readonly string[]
}

const cases: readonly Case[] = [
  { title: 'nothing said' },
  { title: 'gzip', lines: ['Accept-Encoding: gzip'] },
  { title: 'identity', lines: ['Accept-Encoding: identity'] },
  { title: 'br', lines: ['Accept-Encoding: br'] },
  { title: 'two in one', lines: ['Accept-Encoding: gzip, deflate, br'] },
  { title: 'in another case', lines: ['aCCEPT-eNCODING: gzip'] },
  { title: 'a range', lines: ['Range: bytes=0-1'] },
  { title: 'a range and gzip', lines: ['Range: bytes=0-1', 'Accept-Encoding: gzip'] },
  { title: 'a conditional request', lines: ['If-None-Match: "x"'] },
  { title: 'HEAD', method: 'HEAD' },
  { title: 'DELETE', method: 'DELETE' },
  { title: 'POST', method: 'POST', lines: ['Content-Length: 0'] },
  { title: 'nothing, in so many words', lines: ['Accept-Encoding: '] },
]

describe.skipIf(!hasKubectl)(besideKubectl('the server is asked as by kubectl proxy'), () => {
  async function askedBy(port: number, given: Case): Promise<string | undefined> {
    cluster.server.respondOnce({ statusCode: 200, body: 'plain' })
    const { method = 'GET', path = '/x', lines = [] } = given
    await sendRaw(port, { method, target: path, hosts: ['localhost'], lines })
    return askedFor()
  }

  async function bothAsk(given: Case): Promise<readonly (string | undefined)[]> {
    const flags = ['--kubeconfig', cluster.withToken]
    const proxies = await Promise.all([startOurs(flags), startTheirs(flags)])
    const [ours, theirs] = proxies.map(portOf)
    return [await askedBy(ours ?? 0, given), await askedBy(theirs ?? 0, given)]
  }

  test.each(cases)('$title', async (given) => {
    const [ours, theirs] = await bothAsk(given)
    expect(ours).toBe(theirs)
  })

  test('but for a watch, which comes as it is', async () => {
    const path = '/api/v1/namespaces?watch=true'
    expect(await bothAsk({ title: 'a watch', path })).toEqual([undefined, 'gzip'])
  })

  test('but where a client takes back what it said', async () => {
    const lines = ['Accept-Encoding: br', 'Connection: accept-encoding']
    expect(await bothAsk({ title: 'taken back', lines })).toEqual([undefined, 'gzip'])
  })
})

interface OddAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

describe.skipIf(!hasKubectl)(besideKubectl('the client gets what kubectl proxy gives it'), () => {
  async function got(port: number, answer: OddAnswer): Promise<object | string> {
    cluster.server.respondOnce(answer)
    try {
      const { status, headers, body } = await ask(port, '/x')
      return { status, encoding: headers['content-encoding'], body: body.toString('latin1') }
    } catch {
      return 'it breaks off'
    }
  }

  async function expectSame(answer: OddAnswer): Promise<void> {
    const flags = ['--kubeconfig', cluster.withToken]
    const proxies = await Promise.all([startOurs(flags), startTheirs(flags)])
    const [ours, theirs] = proxies.map(portOf)
    expect(await got(ours ?? 0, answer)).toEqual(await got(theirs ?? 0, answer))
  }

  const gzip = { 'content-encoding': 'gzip' }
  const hello = gzipSync('hello')

  test.each<[what: string, answer: OddAnswer]>([
    ['gzip', { statusCode: 200, headers: gzip, body: hello }],
    ['gzip of nothing', { statusCode: 200, headers: gzip, body: gzipSync('') }],
    ['an error in gzip', { statusCode: 500, headers: gzip, body: hello }],
    ['no gzip at all', { statusCode: 200, headers: gzip, body: Buffer.from('hello') }],
    ['half of it', { statusCode: 200, headers: gzip, body: hello.subarray(0, 12) }],
    [
      'gzip with something else after its end',
      { statusCode: 200, headers: gzip, body: Buffer.concat([hello, Buffer.from('rest')]) },
    ],
    ['204 without a word', { statusCode: 204, headers: {} }],
    ['304 without a word', { statusCode: 304, headers: { etag: '"x"' } }],
  ])('for %s', async (_what, answer) => {
    await expectSame(answer)
  })

  test.each<[what: string, answer: OddAnswer]>([
    ['204, which says that it is in gzip', { statusCode: 204, headers: gzip }],
    ['304, which says that it is in gzip', { statusCode: 304, headers: gzip }],
    ['no bytes, which are said to be gzip', { statusCode: 200, headers: gzip }],
  ])('for %s', async (_what, answer) => {
    await expectSame(answer)
  })

  test('for GZIP, spelt so', async () => {
    await expectSame({ statusCode: 200, headers: { 'content-encoding': 'GZIP' }, body: hello })
  })
})
