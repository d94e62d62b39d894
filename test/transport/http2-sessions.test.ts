import { once } from 'node:events'
import http2 from 'node:http2'
import net from 'node:net'
import type { AddressInfo } from 'node:net'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { systemClock, type Clock } from '../../src/credential/clock.ts'
import { createCredential } from '../../src/credential/credential.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import type { DialTarget } from '../../src/transport/dial.ts'
import { eventually, ScriptedProvider, sourceOf, stacks, text, type TestCluster } from './stacks.ts'

const authority = createCertificateAuthority()
const { certificatePem, privateKeyPem } = authority.issue({
  commonName: 'server',
  ipAddresses: ['127.0.0.1'],
  usage: 'server',
})

const aborted = new Error('enough')
const stack = stacks.find((each) => each.http2)

describe.skipIf(stack === undefined)('a connection over HTTP/2', () => {
  let server: http2.Http2SecureServer
  /** The server's. */
  const sockets = new Set<net.Socket>()
  const dialled: net.Socket[] = []
  const paths: string[] = []
  let answer: (stream: http2.ServerHttp2Stream, path: string) => void

  beforeEach(async () => {
    server = http2.createSecureServer({ cert: certificatePem, key: privateKeyPem })
    server.on('connection', (socket: net.Socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
    })
    server.on('session', (session) => session.on('error', () => undefined))
    server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined)
      const path = headers[':path'] ?? ''
      paths.push(path)
      answer(stream, path)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })

  afterEach(() => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    paths.length = 0
    dialled.length = 0
    server.close()
  })

  function dial({ port }: DialTarget): Promise<net.Socket> {
    const socket = net.connect(port, '127.0.0.1')
    dialled.push(socket)
    return Promise.resolve(socket)
  }

  function connect(clock: Clock = systemClock): TestCluster {
    if (stack === undefined) throw new Error('there is no stack of HTTP/2')
    const provider = new ScriptedProvider(() => createCredential({ token: 'x' }))
    // It listens on a port.
    const { port } = server.address() as AddressInfo
    const target = {
      url: `https://127.0.0.1:${port}`,
      certificateAuthorityPem: authority.certificatePem,
      tlsServerName: '',
      insecureSkipTlsVerify: false,
    }
    return stack.open({
      server: target,
      source: sourceOf(provider),
      options: { connections: 4, connect: dial, clock },
    })
  }

  // Some requests are answered, some never, and some end the session they came on.
  function answerSome(): void {
    let count = 0
    answer = (stream) => {
      count++
      if (count % 7 === 0) stream.session?.goaway(0, (stream.id ?? 0) - 2)
      else if (count % 5 !== 0) {
        stream.respond({ ':status': 200 })
        stream.end('ok')
      }
    }
  }

  /** Sends many requests; what becomes of those that are not aborted, as every third may be. */
  async function sendMany(cluster: TestCluster, aborts: boolean): Promise<Promise<unknown>[]> {
    const outcomes: Promise<unknown>[] = []
    for (let index = 0; index < 300; index++) {
      const isAborted = aborts && index % 3 === 0
      const controller = new AbortController()
      if (isAborted) setTimeout(() => controller.abort(aborted), 5)
      const outcome = cluster
        .send(`/${index}`, { retries: false, signal: controller.signal })
        .then(({ body }) => text(body))
        .catch((error: unknown) => error)
      if (!isAborted) outcomes.push(outcome)
      if (index % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await new Promise((resolve) => setTimeout(resolve, 300))
    await cluster.close()
    return outcomes
  }

  test('is closed with the cluster, also when a GOAWAY has retired it', async () => {
    answerSome()
    const outcomes = await Promise.all(await sendMany(connect(), false))
    expect(outcomes).toContain('ok')
    await eventually(() => dialled.every((socket) => socket.destroyed), 'all are closed')
  })

  test('does not fail a request with the reason that another was aborted with', async () => {
    answerSome()
    const outcomes = await Promise.all(await sendMany(connect(), true))
    expect(outcomes).toContain('ok')
    expect(outcomes.filter((outcome) => outcome === aborted)).toEqual([])
  })

  describe('that a GOAWAY retires while a watch is open on it', () => {
    const watch = '/api/v1/pods?watch=true'
    /** The first request, which stays open. */
    let watched: http2.ServerHttp2Stream
    /** Later requests of the first connection. */
    let more: (stream: http2.ServerHttp2Stream, path: string) => void

    beforeEach(() => {
      more = () => undefined
      let first: http2.Http2Session | undefined
      answer = (stream, path) => {
        first ??= stream.session
        if (path === watch) {
          watched = stream
          stream.respond({ ':status': 200 })
          stream.write('begun,')
        } else if (stream.session === first) more(stream, path)
        else end(stream)
      }
    })

    function end(stream: http2.ServerHttp2Stream): void {
      stream.respond({ ':status': 200 })
      stream.end('ok')
    }

    /** Names the last stream that is processed; Node's server ignores those that come after it. */
    function retireAfter({ session, id }: http2.ServerHttp2Stream): void {
      session?.goaway(http2.constants.NGHTTP2_NO_ERROR, id)
    }

    test.each([
      ['GET', undefined],
      ['POST', 'once'],
    ])('gets a %s that it had begun on another one at once', async (method, body) => {
      await using cluster = connect()
      const { body: events } = await cluster.send(watch)
      more = () => {
        retireAfter(watched)
      }
      const sent = await cluster.send('/x', body === undefined ? { method } : { method, body })
      expect(await text(sent.body)).toBe('ok')
      watched.end('ended')
      expect(await text(events)).toBe('begun,ended')
      expect(paths).toEqual([watch, '/x', '/x'])
    })

    test('is not given the next requests, watches among them', async () => {
      await using cluster = connect()
      const { body: events } = await cluster.send(watch)
      const told = new Promise((resolve) => {
        more = ({ session }) => {
          retireAfter(watched)
          // Its answer comes after the GOAWAY has been read.
          session?.ping(resolve)
        }
      })
      const first = cluster.send('/x')
      await told
      const next = ['/1', '/2', '/3?watch=true'].map((path) => cluster.send(path))
      const answers = await Promise.all([first, ...next])
      expect(new Set(await Promise.all(answers.map(({ body }) => text(body))))).toEqual(
        new Set(['ok']),
      )
      watched.end('ended')
      expect(await text(events)).toBe('begun,ended')
      expect(paths.toSorted()).toEqual(['/1', '/2', '/3?watch=true', watch, '/x', '/x'])
    })

    test('answers what it has still to answer, once, before it gives the rest away', async () => {
      await using cluster = connect()
      const { body: events } = await cluster.send(watch)
      let slow: http2.ServerHttp2Stream | undefined
      more = (stream) => {
        slow ??= stream
        if (stream === slow) return
        retireAfter(slow)
        stream.session?.ping(() => {
          if (slow !== undefined) end(slow)
        })
      }
      const both = await Promise.all([
        cluster.send('/slow', { method: 'POST', body: 'once' }),
        cluster.send('/x', { method: 'POST', body: 'once' }),
      ])
      expect(await Promise.all(both.map(({ body }) => text(body)))).toEqual(['ok', 'ok'])
      watched.end('ended')
      expect(await text(events)).toBe('begun,ended')
      expect(paths).toEqual([watch, '/slow', '/x', '/x'])
    })

    test('keeps a watch on which nothing happens for long', async () => {
      const clock = createFakeClock()
      await using cluster = connect(clock)
      const { body: events } = await cluster.send(watch)
      more = () => {
        retireAfter(watched)
      }
      await text((await cluster.send('/x')).body)
      for (let looks = 0; looks < 10; looks++) clock.advance(15_000)
      watched.end('ended')
      expect(await text(events)).toBe('begun,ended')
    })

    test('is closed with the cluster, whose watch ends with that', async () => {
      const cluster = connect()
      const { body: events } = await cluster.send(watch)
      more = () => {
        retireAfter(watched)
      }
      await text((await cluster.send('/x')).body)
      const ended = text(events).catch((error: unknown) => error)
      await cluster.close()
      expect(await ended).toMatchObject({ code: 'ERR_CLOSED' })
      await eventually(() => dialled.every((socket) => socket.destroyed), 'all are closed')
    })
  })

  test('gives whoever aborts their own reason, with retries and without', async () => {
    answer = () => undefined
    await using cluster = connect()
    for (const retries of [false, {}] as const) {
      const controller = new AbortController()
      const sent = cluster.send('/open', { retries, signal: controller.signal })
      const before = paths.length
      await eventually(() => paths.length > before, 'the request is there')
      controller.abort(aborted)
      await expect(sent).rejects.toBe(aborted)
    }
  })
})
