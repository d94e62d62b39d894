import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'

import { afterEach, describe, expect, test } from 'vitest'

import { run } from '../../src/cli/run.ts'
import type { Responder } from '../../src/doors/testing.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { answerWithoutEnd } from '../testing/endless-answers.ts'
import { until } from '../testing/until.ts'
import { FakeTerminal } from './fake-terminal.ts'
import { liveCluster } from './live-cluster.ts'

const cluster = liveCluster()

const cleanUp = new CleanUp()
afterEach(async () => {
  await cleanUp.run()
  await until(() => cluster.server.openConnections === 0)
})

async function startProxy(...args: readonly string[]) {
  const terminal = new FakeTerminal()
  const kubeconfig = args.includes('--kubeconfig') ? [] : ['--kubeconfig', cluster.withToken]
  const ended = run(['proxy', '--port=0', ...kubeconfig, ...args], terminal)
  await until(() => terminal.out !== '')
  let stopped = false
  const stop = async (): Promise<number> => {
    if (!stopped) terminal.signal('SIGTERM')
    stopped = true
    return await ended
  }
  cleanUp.defer(stop)
  return { port: Number(/:(\d+)\n/u.exec(terminal.out)?.[1]), terminal, ended, stop }
}

/** A client that writes bytes, and shows those that come. */
class ByteClient {
  readonly socket: Socket
  text = ''

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    this.socket.on('error', () => undefined)
    this.socket.on('data', (chunk: Buffer) => (this.text += chunk.toString('latin1')))
    cleanUp.defer(() => this.socket.destroy())
  }

  /** Sends a request in one piece, or in two that the proxy reads apart. */
  async get(path: string, how: 'whole' | 'cut' = 'whole'): Promise<void> {
    const bytes = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n`
    if (this.socket.connecting) await once(this.socket, 'connect')
    if (how === 'whole') {
      this.socket.write(bytes)
      return
    }
    this.socket.write(bytes.slice(0, 20))
    // The proxy runs in this process: it has read the first piece after some turns of the loop.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    this.socket.write(bytes.slice(20))
  }

  /** Waits for one whole response, and takes it. */
  async response(): Promise<string> {
    let end: number | undefined
    await until(() => (end = endOf(this.text)) !== undefined || this.socket.readableEnded)
    const response = this.text.slice(0, end)
    this.text = this.text.slice(response.length)
    return response
  }
}

/** Where the first response in a text ends; undefined when it is not all there. */
function endOf(text: string): number | undefined {
  const head = text.indexOf('\r\n\r\n') + 4
  if (head === 3) return undefined
  const length = /^content-length: (\d+)\r$/imu.exec(text.slice(0, head))?.[1]
  const status = text.slice(9, 12)
  if (status === '204' || status === '304') return head
  if (length !== undefined) {
    return text.length >= head + Number(length) ? head + Number(length) : undefined
  }
  const last = text.indexOf('\r\n0\r\n\r\n', head - 2)
  return last === -1 ? undefined : last + 7
}

const withoutDate = (response: string): string => response.replace(/^date: .*\r\n/imu, '')

/** The status and the body of a response, whatever its framing. */
function contentOf(response: string): string {
  const [head = '', ...rest] = response.split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  const isChunked = /^transfer-encoding: chunked$/imu.test(head)
  return `${head.slice(9, 12)} ${isChunked ? joined(body) : body}`
}

function joined(chunks: string): string {
  let [text, rest] = ['', chunks]
  for (;;) {
    const line = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.slice(0, line), 16)
    if (size === 0) return text
    text += rest.slice(line + 2, line + 2 + size)
    rest = rest.slice(line + 4 + size)
  }
}

const json = { 'content-type': 'application/json' }
const large = JSON.stringify({
  items: Array.from({ length: 20_000 }, (_, index) => `pod-${index}`),
})

describe('the answer is the same, byte for byte, however the request arrives', () => {
  test.each<[string, (path: string) => void]>([
    ['a short body', () => undefined],
    ['a body with a length', (path) => once200(path, '{"a":1}', { 'content-length': '7' })],
    ['an empty body', (path) => once200(path, '', { 'content-length': '0' })],
    ['a status without a body', (path) => cluster.server.respondOnce({ path, statusCode: 204 })],
    ['what has not changed', (path) => cluster.server.respondOnce({ path, statusCode: 304 })],
    [
      'an unusual status',
      (path) => cluster.server.respondOnce({ path, statusCode: 599, body: 'x' }),
    ],
    [
      'headers that come twice',
      (path) => once200(path, 'x', { warning: ['299 - "a"', '299 - "b"'] }),
    ],
    [
      'a large body with a length',
      (path) => once200(path, large, { 'content-length': `${large.length}` }),
    ],
  ])('%s', async (_, script) => {
    const proxy = await startProxy()
    const answers: string[] = []
    for (const how of ['whole', 'cut'] as const) {
      const client = new ByteClient(proxy.port)
      script('/api/v1/things')
      await client.get('/api/v1/things', how)
      answers.push(withoutDate(await client.response()))
    }
    expect(answers[0]).toMatch(/^HTTP\/1\.1 \d{3} /u)
    expect(answers[0]).toBe(answers[1])
  })

  test.each<[string, (path: string) => void]>([
    ['a large body in chunks', (path) => once200(path, large)],
    [
      'a compressed body, which nobody asked to have so',
      (path) => once200(path, gzipSync(large), { 'content-encoding': 'gzip' }),
    ],
  ])('but for the borders of chunks: %s', async (_, script) => {
    const proxy = await startProxy()
    for (const how of ['whole', 'cut'] as const) {
      const client = new ByteClient(proxy.port)
      script('/api/v1/things')
      await client.get('/api/v1/things', how)
      const response = await client.response()
      expect(response).not.toContain('content-encoding')
      expect(contentOf(response)).toBe(`200 ${large}`)
    }
  })

  function once200(
    path: string,
    body: string | Buffer,
    headers: Readonly<Record<string, string | readonly string[]>> = {},
  ): void {
    const stop = cluster.server.intercept((request, reply) => {
      if (request.path !== path) return false
      stop()
      reply.begin({ statusCode: 200, headers: { ...json, ...headers } }).end(body)
      return true
    })
  }
})

describe('a connection', () => {
  test('carries plain requests, and then any other', async () => {
    const proxy = await startProxy()
    const client = new ByteClient(proxy.port)
    for (let count = 0; count < 3; count++) {
      await client.get('/version')
      expect(contentOf(await client.response())).toContain('200 {')
    }
    client.socket.write('POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello')
    expect(contentOf(await client.response())).toContain('"bodyLength":5,')
    await client.get('/version')
    expect(contentOf(await client.response())).toContain('200 {')
    client.socket.write('BREW / HTTP/1.1\r\n\r\n')
    expect(await client.response()).toMatch(/^HTTP\/1\.1 400 /u)
  })

  test('answers requests that do not wait for each other one after the other', async () => {
    const proxy = await startProxy()
    const client = new ByteClient(proxy.port)
    await client.get('/api/v1/namespaces/default')
    await client.get('/version')
    await client.get('/api/v1/namespaces/nope')
    client.socket.write('HEAD /version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    await until(() => client.socket.readableEnded)
    const statuses = client.text.match(/HTTP\/1\.1 \d{3}/gu)
    expect(statuses).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200'])
    expect(cluster.server.requests.map(({ path }) => path)).toEqual([
      '/api/v1/namespaces/default',
      '/version',
      '/api/v1/namespaces/nope',
      '/version',
    ])
  })

  test.each(['/slow', '/whole'])(
    'answers each request with its own answer, %s first',
    async (first) => {
      const proxy = await startProxy()
      const held: (() => void)[] = []
      const stop = cluster.server.intercept((request, reply) => {
        const body = request.path
        held.push(() => {
          const headers = { 'content-length': `${body.length}` }
          reply.begin({ statusCode: 200, ...(body === '/slow' ? {} : { headers }) }).end(body)
        })
        return true
      })
      const client = new ByteClient(proxy.port)
      await client.get(first)
      await until(() => held.length === 1)
      // Each in a segment of its own, while the one before it is not answered.
      for (const path of ['/whole', '/slow', '/whole']) {
        await client.get(path)
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
      }
      const answers: string[] = []
      for (let count = 0; count < 4; count++) {
        await until(() => held.length > count)
        held[count]?.()
        answers.push(contentOf(await client.response()))
      }
      stop()
      expect(answers).toEqual([`200 ${first}`, '200 /whole', '200 /slow', '200 /whole'])
    },
  )

  test.each(['a FIN', 'a reset'])(
    'that its client ends by %s ends the request upstream',
    async (how) => {
      const proxy = await startProxy()
      const answers = answerWithoutEnd(cluster.server)
      const client = new ByteClient(proxy.port)
      await client.get('/endless')
      await until(() => client.text.length > 0)
      answers.stop()
      expect(answers.open).toBe(1)
      if (how === 'a FIN') client.socket.end()
      else client.socket.resetAndDestroy()
      await until(() => answers.open === 0)
    },
  )

  test.each(['Host: localhost\r\nHost: other', 'Host: evil.example'])(
    'is refused with %j as without keeping it',
    async (hosts) => {
      const proxy = await startProxy()
      const answers: string[] = []
      for (const more of ['', 'Connection: close\r\n']) {
        const client = new ByteClient(proxy.port)
        client.socket.write(`GET /version HTTP/1.1\r\n${hosts}\r\n${more}\r\n`)
        answers.push((await client.response()).slice(0, 12))
      }
      expect(answers[0]).toMatch(/^HTTP\/1\.1 40[03]$/u)
      expect(answers[1]).toBe(answers[0])
      expect(cluster.server.requests).toEqual([])
    },
  )

  test('without a host is refused', async () => {
    const proxy = await startProxy()
    const client = new ByteClient(proxy.port)
    client.socket.write('GET /version HTTP/1.1\r\nAccept: */*\r\n\r\n')
    expect(await client.response()).toMatch(/^HTTP\/1\.1 400 /u)
    expect(cluster.server.requests).toEqual([])
  })
})

describe('a proxy that is asked to stop', () => {
  test.each(['whole', 'cut'] as const)(
    'answers what was on its way on a connection that looked idle, as the last one (%s)',
    async (how) => {
      const proxy = await startProxy()
      const client = new ByteClient(proxy.port)
      await client.get('/version', how)
      await client.response()
      const stopped = proxy.stop()
      await client.get('/version')
      const answer = await client.response()
      expect(answer).toMatch(/^HTTP\/1\.1 200 /u)
      expect(answer).toMatch(/^connection: close$/imu)
      expect(await stopped).toBe(0)
    },
  )
})

describe('an answer on a connection that goes on', () => {
  test('comes no faster than it is read, and ends upstream when its reader goes', async () => {
    const proxy = await startProxy()
    let sent = 0
    let ended = false
    const stop = cluster.server.intercept((_request, reply) => {
      const out = reply.begin({ statusCode: 200 })
      out.once('close', () => (ended = true))
      const pour = (): void => {
        do sent += 65_536
        while (out.write(Buffer.alloc(65_536)))
      }
      out.on('drain', pour)
      pour()
      return true
    })
    const client = new ByteClient(proxy.port)
    await client.get('/much')
    await until(() => client.text.length > 0)
    stop()
    client.socket.pause()
    let before = -1
    await until(async () => {
      const stands = sent === before
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 100))
      return stands
    })
    expect(sent).toBeLessThan(64 * 2 ** 20)
    client.socket.resume()
    await until(() => sent > before)
    client.socket.destroy()
    await until(() => ended)
  })

  test.each([
    ['whole', ['whole']],
    ['in pieces', ['wh', 'ole']],
  ])('that is all there, %s, is not cut by what becomes of its request', async (_, pieces) => {
    const proxy = await startProxy()
    const held: Responder[] = []
    const stop = cluster.server.intercept((_request, reply) => {
      held.push(reply)
      // Over HTTP/2 the length says that this was all, and so will a frame which is still to come.
      const out = reply.begin({ statusCode: 200, headers: { 'content-length': '5' } })
      for (const piece of pieces) out.write(piece)
      return true
    })
    const client = new ByteClient(proxy.port)
    await client.get('/first')
    expect(contentOf(await client.response())).toBe('200 whole')
    stop()
    const second = cluster.server.intercept((_request, reply) => {
      held.push(reply)
      return true
    })
    // Nor is the next one on the connection.
    await client.get('/second')
    await until(() => held.length === 2)
    second()
    held[0]?.reset()
    // The proxy has heard of it when it has answered what came after.
    const other = new ByteClient(proxy.port)
    await other.get('/version')
    expect(contentOf(await other.response())).toMatch(/^200 /u)
    held[1]?.reply({ statusCode: 200, body: 'second' })
    expect(contentOf(await client.response())).toBe('200 second')
  })

  test('that is all there is ended upstream when the server never says that this is the end', async () => {
    const proxy = await startProxy()
    let ended = false
    const stop = cluster.server.intercept((_request, reply) => {
      const out = reply.begin({ statusCode: 200, headers: { 'content-length': '5' } })
      out.once('close', () => (ended = true))
      out.write('whole')
      return true
    })
    const client = new ByteClient(proxy.port)
    await client.get('/first')
    expect(contentOf(await client.response())).toBe('200 whole')
    stop()
    // Over HTTP/2 it would have its place on the connection for ever.
    await until(() => ended)
    await client.get('/version')
    expect(contentOf(await client.response())).toMatch(/^200 /u)
  })

  test('that breaks off is seen to break off', async () => {
    const proxy = await startProxy()
    const stop = cluster.server.intercept((_request, reply) => {
      const out = reply.begin({ statusCode: 200 })
      out.write('half', () => reply.dropConnection())
      return true
    })
    const client = new ByteClient(proxy.port)
    await client.get('/half')
    await until(() => client.socket.closed || client.socket.readableEnded)
    stop()
    expect(endOf(client.text)).toBeUndefined()
  })

  test('that does not come is a Status, and the connection goes on', async () => {
    const down = await cluster.kubeconfig('down', { token: 'x' }, { server: 'https://127.0.0.1:1' })
    const proxy = await startProxy('--kubeconfig', down)
    const client = new ByteClient(proxy.port)
    for (let count = 0; count < 2; count++) {
      await client.get('/version')
      expect(contentOf(await client.response())).toMatch(/^502 \{"kind":"Status"/u)
    }
  })

  test('has all its time when the proxy is asked to stop, and is the last', async () => {
    const proxy = await startProxy()
    let finish: (() => void) | undefined
    const stop = cluster.server.intercept((_request, reply) => {
      const out = reply.begin({ statusCode: 200 })
      out.write('be')
      finish = () => out.end('gun')
      return true
    })
    const client = new ByteClient(proxy.port)
    const idle = new ByteClient(proxy.port)
    await idle.get('/slow')
    await until(() => finish !== undefined)
    stop()
    await client.get('/version')
    await client.response()
    const ended = proxy.stop()
    // What nothing is asked on ends at once.
    await until(() => client.socket.readableEnded)
    finish?.()
    expect(await ended).toBe(0)
    await until(() => idle.socket.readableEnded)
    expect(contentOf(idle.text)).toBe('200 begun')
  })

  test('is told with -v=6', async () => {
    const proxy = await startProxy('-v=6')
    const client = new ByteClient(proxy.port)
    await client.get('/version')
    await client.response()
    await until(() => proxy.terminal.err.includes('milliseconds'))
    expect(proxy.terminal.err).toMatch(/GET https:\/\/\S+\/version 200 in \d+ milliseconds/u)
  })
})
