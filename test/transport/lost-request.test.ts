import { once } from 'node:events'
import type http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import tls from 'node:tls'

import { afterEach, describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import type { ServerTarget } from '../../src/transport/server.ts'
import { mayBeSentAgain } from '../../src/transport/undici-lost-request.ts'
import { anyStream, goAwayFrame, speakHttp2, type BegunStream } from './http2-frames.ts'
import { refusingServer, retiringServer } from './refusing-server.ts'
import {
  eventually,
  ScriptedProvider,
  sourceOf,
  stacks,
  streamed,
  text,
  type TestCluster,
} from './stacks.ts'

const authority = createCertificateAuthority()
const { certificatePem, privateKeyPem } = authority.issue({
  commonName: 'server',
  ipAddresses: ['127.0.0.1'],
  usage: 'server',
})
const keys = { cert: certificatePem, key: privateKeyPem }

let close: (() => void) | undefined
afterEach(() => close?.())

async function targetOf(server: tls.Server): Promise<ServerTarget> {
  const sockets = new Set<tls.TLSSocket>()
  server.on('secureConnection', (socket: tls.TLSSocket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // It listens on a port.
  const { port } = server.address() as AddressInfo
  const url = `https://127.0.0.1:${port}`
  const certificateAuthorityPem = authority.certificatePem
  return { url, certificateAuthorityPem, tlsServerName: '', insecureSkipTlsVerify: false }
}

function connectTo(server: ServerTarget, name: string): TestCluster {
  const provider = new ScriptedProvider(() => createCredential({ token: 'x' }))
  const stack = stacks.find((each) => each.name === name)
  if (stack === undefined) throw new Error(`there is no stack "${name}"`)
  return stack.open({ server, source: sourceOf(provider) })
}

// undici says a moment after the end of a response that its connection is free.
const freed = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

const lost = (message: string, fields: object): Error => Object.assign(new Error(message), fields)
const goaway = (code: number): Error => {
  const words = `HTTP/2: "GOAWAY" frame received with code ${code}`
  return lost(words, { code: code === 0 ? 'UND_ERR_INFO' : 'UND_ERR_SOCKET' })
}
const frameError = (type: number): Error =>
  lost(`HTTP/2: "frameError" received - type ${type}, code 2`, { code: 'UND_ERR_INFO' })
const closed = lost('other side closed', { code: 'UND_ERR_SOCKET' })

test.each([
  ['GET', goaway(0), false, true],
  ['POST', goaway(0), false, true],
  ['POST', goaway(2), false, true],
  ['POST', frameError(1), false, true],
  ['POST', frameError(0), false, false],
  ['PATCH', lost('Stream closed', { http2ErrorCode: 7 }), false, true],
  ['GET', lost('Stream closed', { http2ErrorCode: 8 }), false, false],
  ['POST', lost('x', { code: 'ERR_HTTP2_SESSION_ERROR', http2ErrorCode: 7 }), false, false],
  ['GET', closed, true, true],
  ['HEAD', lost('read ECONNRESET', { code: 'ECONNRESET' }), true, true],
  ['GET', lost('write EPIPE', { code: 'EPIPE' }), true, true],
  ['GET', closed, false, false],
  ['POST', closed, true, false],
  ['DELETE', closed, true, false],
  ['GET', lost('Headers Timeout Error', { code: 'UND_ERR_HEADERS_TIMEOUT' }), true, false],
])('a %s that ends with %s on a reused connection (%s) is sent again: %s', (...row) => {
  const [method, error, reused, expected] = row
  expect(mayBeSentAgain({ method, error, reused })).toBe(expected)
})

describe('a server that closes kept-alive connections under a request', () => {
  interface Closer {
    readonly target: ServerTarget
    /** First lines of all requests that came. */
    readonly seen: readonly string[]
  }

  async function closingServer(how: 'end' | 'destroy'): Promise<Closer> {
    const seen: string[] = []
    const server = tls.createServer(keys, (socket) => {
      let served = 0
      socket.setEncoding('latin1').on('data', (data: string) => {
        const line = /^(?:GET|POST) \S+/u.exec(data)?.[0]
        if (line === undefined) return
        seen.push(line)
        if (++served > 1) socket[how]()
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
      })
    })
    return { target: await targetOf(server), seen }
  }

  const http1 = stacks.filter(({ name }) => name.includes('HTTP/1.1')).map(({ name }) => name)

  test.each(['end', 'destroy'] as const)('gets a GET again on a new one (%s)', async (how) => {
    const { target, seen } = await closingServer(how)
    await using cluster = connectTo(target, http1[0] ?? '')
    for (const path of ['/1', '/2', '/3']) {
      const { statusCode, body } = await cluster.send(path)
      expect([statusCode, await text(body)]).toEqual([200, 'ok'])
      await freed()
    }
    expect(seen).toEqual(['GET /1', 'GET /2', 'GET /2', 'GET /3', 'GET /3'])
  })

  test.each(http1)('has an end where no request is ever answered, on %s', async (name) => {
    let connections = 0
    const server = tls.createServer(keys, (socket) => {
      connections++
      socket.on('data', () => socket.end())
    })
    await using cluster = connectTo(await targetOf(server), name)
    const outcomes = Array.from({ length: 60 }, (_, index) =>
      cluster.send(`/${index}`, { retries: false }).then(({ statusCode }) => statusCode, String),
    )
    expect((await Promise.all(outcomes)).filter((outcome) => outcome === 200)).toEqual([])
    expect(connections).toBeLessThanOrEqual(70)
  })

  describe.each(['/api/v1/pods', '/api/v1/pods?watch=1'])('gets %s again', (path) => {
    test.each(stacks.filter((stack) => !stack.http2))(
      'on a new one, however many are gone ($name)',
      async ({ name }) => {
        const used = new WeakSet<object>()
        const together: http.ServerResponse[] = []
        let lostOnes = 0
        const server = https.createServer(keys, ({ socket }, response) => {
          if (used.has(socket)) {
            lostOnes++
            socket.destroy()
            return
          }
          used.add(socket)
          together.push(response)
          // The first ones together, so that each has a connection of its own.
          if (together.length >= 16) for (const each of together) each.end('ok')
        })
        await using cluster = connectTo(await targetOf(server), name)
        const sends = Array.from({ length: 16 }, async () => {
          await text((await cluster.send(path, { retries: false })).body)
        })
        await Promise.all(sends)
        await freed()
        const { body } = await cluster.send(path, { retries: false })
        expect(await text(body)).toBe('ok')
        expect(lostOnes).toBeGreaterThan(0)
      },
    )
  })

  test.each(stacks.filter((stack) => !stack.http2))(
    'gets it again with the credential of then, which may be rejected like any other ($name)',
    async (stack) => {
      const seen: string[] = []
      const server = https.createServer(keys, ({ headers, socket }, response) => {
        seen.push(headers.authorization ?? '')
        if (seen.length === 2) void cluster.source.renew().then(() => socket.destroy())
        else response.writeHead(seen.at(-1) === 'Bearer 2' ? 401 : 200).end('ok')
      })
      const target = await targetOf(server)
      let runs = 0
      const provider = new ScriptedProvider(() => createCredential({ token: `${++runs}` }))
      await using cluster = stack.open({ server: target, source: sourceOf(provider) })
      for (const path of ['/1', '/2']) {
        const { statusCode, body } = await cluster.send(path)
        expect([statusCode, await text(body)]).toEqual([200, 'ok'])
        await freed()
      }
      expect(seen).toEqual(['1', '1', '2', '3'].map((token) => `Bearer ${token}`))
    },
  )

  test.each([
    ['text', () => 'body'],
    ['stream', () => streamed('body')],
  ])('does not get a POST twice that it may have processed (%s)', async (_name, body) => {
    const { target, seen } = await closingServer('end')
    await using cluster = connectTo(target, http1[0] ?? '')
    await text((await cluster.send('/1')).body)
    await freed()
    await expect(cluster.send('/2', { method: 'POST', body: body() })).rejects.toThrow(
      'other side closed',
    )
    expect(seen).toEqual(['GET /1', 'POST /2'])
  })
})

describe.each(stacks.filter((stack) => !stack.http2))('an abort on $name', ({ name }) => {
  test.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])(
    'costs its own connection only, though its reason has the code %s of a lost one',
    async (code) => {
      const seen: string[] = []
      const both: http.ServerResponse[] = []
      const server = https.createServer(keys, ({ url = '' }, response) => {
        seen.push(url)
        // Together, so that two connections are kept.
        if (seen.length <= 2) both.push(response)
        if (seen.length === 2) for (const each of both) each.end('ok')
        if (url === '/last') response.end('ok')
      })
      let connections = 0
      server.on('secureConnection', () => connections++)
      await using cluster = connectTo(await targetOf(server), name)
      const answers = await Promise.all([cluster.send('/1'), cluster.send('/2')])
      for (const { body } of answers) await text(body)
      await freed()
      const controller = new AbortController()
      const sent = cluster.send('/open', { signal: controller.signal, retries: false })
      sent.catch(() => undefined)
      await eventually(() => seen.length === 3, 'the request is there')
      controller.abort(lost('gone', { code }))
      await expect(sent).rejects.toThrow('gone')
      await text((await cluster.send('/last')).body)
      expect(seen.toSorted()).toEqual(['/1', '/2', '/last', '/open'])
      // The other connection was not touched.
      expect(connections).toBe(2)
    },
  )
})

const http2Stacks = stacks.filter((stack) => stack.http2)

describe.each(http2Stacks)('a server that refuses HTTP/2 streams, $name', ({ name }) => {
  test.each([
    ['GOAWAY', 'GET', undefined],
    ['GOAWAY', 'POST', 'once'],
    ['REFUSED_STREAM', 'GET', undefined],
    ['REFUSED_STREAM', 'POST', 'once'],
  ] as const)('by %s gets a %s again, and processes it once', async (how, method, body) => {
    const { server, refused, processed } = refusingServer(keys, 4, how)
    await using cluster = connectTo(await targetOf(server), name)
    const response = await cluster.send('/x', body === undefined ? { method } : { method, body })
    expect([response.statusCode, await text(response.body)]).toEqual([200, 'ok'])
    expect(refused()).toBe(4)
    expect(processed).toEqual([`${method} /x ${body ?? ''}`])
  })

  // A server that retires says first that no stream will be refused, and a client may begin some more
  // until it has heard. Node does not let it.
  test('loses no request while it retires its connections one after another', async () => {
    const { server, goaways, open, release } = retiringServer(keys)
    await using cluster = connectTo(await targetOf(server), name)
    const outcomes: Promise<string>[] = []
    let settled = 0
    for (let count = 0; count < 500; count++) {
      const sent = cluster.send(`/${count}`, { retries: false })
      const outcome = sent.then(({ body }) => text(body), String)
      void outcome.finally(() => settled++)
      outcomes.push(outcome)
      if (count % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await eventually(() => settled + open() === 500, 'all have an answer but those kept open')
    release()
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['ok']))
    expect(goaways()).toBeGreaterThan(10)
  })

  test('gets a request again that has not left when it says GOAWAY', async () => {
    const connections: BegunStream[][] = []
    const sockets: tls.TLSSocket[] = []
    const server = tls.createServer({ ...keys, ALPNProtocols: ['h2'] }, (socket) => {
      const streams: BegunStream[] = []
      connections.push(streams)
      sockets.push(socket)
      speakHttp2(socket, (stream) => {
        streams.push(stream)
        stream.begin()
        if (connections.length > 1 || streams.length > 1) stream.end()
      })
    })
    await using cluster = connectTo(await targetOf(server), name)
    const { body } = await cluster.send('/open')
    // A frame that is written now is read before anything that is sent now leaves.
    await new Promise((resolve) => setImmediate(resolve))
    sockets[0]?.write(goAwayFrame(anyStream))
    expect(await text((await cluster.send('/x', { method: 'POST', body: 'once' })).body)).toBe('ok')
    connections[0]?.[0]?.end()
    expect(await text(body)).toBe('ok')
    expect(connections.map((streams) => streams.length)).toEqual([1, 1])
  })

  test('does not get a POST again that a GOAWAY with the code of REFUSED_STREAM counts in', async () => {
    let processed = 0
    const server = http2.createSecureServer(keys)
    server.on('session', (session) => session.on('error', () => undefined))
    server.on('stream', (stream) => {
      stream.on('error', () => undefined).resume()
      stream.on('end', () => {
        processed++
        stream.session?.goaway(http2.constants.NGHTTP2_REFUSED_STREAM, stream.id)
      })
    })
    await using cluster = connectTo(await targetOf(server), name)
    const sent = cluster.send('/x', { method: 'POST', body: 'once' })
    await expect(sent).rejects.toMatchObject({ code: 'ERR_HTTP2_SESSION_ERROR' })
    // undici sends it a second time by itself.
    expect(processed).toBeLessThanOrEqual(2)
  })

  test.each(['GOAWAY', 'REFUSED_STREAM'] as const)('by %s for ever is told of', async (how) => {
    const { server, refused, processed } = refusingServer(keys, Infinity, how)
    await using cluster = connectTo(await targetOf(server), name)
    await expect(cluster.send('/x')).rejects.toThrow(/GOAWAY|REFUSED_STREAM/u)
    expect(refused()).toBeGreaterThan(10)
    expect(processed).toEqual([])
  })
})
