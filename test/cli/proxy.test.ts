import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { afterEach, describe, expect, test } from 'vitest'

import { run } from '../../src/cli/run.ts'
import { createFakeClock } from '../../src/doors/testing.ts'
import { installed } from '../testing/installed.ts'
import { answerWithoutEnd } from '../testing/endless-answers.ts'
import { until } from '../testing/until.ts'
import { FakeTerminal, runCli, type TerminalOptions } from './fake-terminal.ts'
import { liveCluster, plantedToken } from './live-cluster.ts'

const cluster = liveCluster()

// Older versions of Node cannot be told which upgrades to take.
const nodeTakesIt = hasUpgradeCallback()

interface RunningProxy {
  readonly terminal: FakeTerminal
  readonly port: number
  readonly ended: Promise<number>
  stop(): Promise<number>
}

const running: RunningProxy[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((proxy) => proxy.stop()))
  await until(() => cluster.server.openConnections === 0)
})

async function startProxy(
  args: readonly string[] = [],
  options: TerminalOptions = {},
): Promise<RunningProxy> {
  const terminal = new FakeTerminal(options)
  const kubeconfig = args.includes('--kubeconfig') ? [] : ['--kubeconfig', cluster.withToken]
  const ended = run(['proxy', '--port=0', ...kubeconfig, ...args], terminal)
  await until(() => terminal.out !== '' || terminal.err.includes('error:'))
  expect(terminal.out).toMatch(/^Starting to serve on (?:127\.0\.0\.1|\[::1\]|0\.0\.0\.0):\d+\n$/u)
  const proxy = {
    terminal,
    port: Number(/:(\d+)\n/u.exec(terminal.out)?.[1]),
    ended,
    stop: () => {
      if (!stopped) terminal.signal('SIGTERM')
      stopped = true
      return ended
    },
  }
  let stopped = false
  running.push(proxy)
  return proxy
}

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

function send({ port }: RunningProxy, path: string, asked: Asked = {}): ClientRequest {
  const { method = 'GET', headers = {}, body } = asked
  const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false })
  request.end(body)
  return request
}

async function respond(request: ClientRequest): Promise<IncomingMessage> {
  const [response]: IncomingMessage[] = await once(request, 'response')
  if (response === undefined) throw new Error('no response')
  return response
}

async function ask(
  proxy: RunningProxy,
  path: string,
  asked?: Asked,
): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  const response = await respond(send(proxy, path, asked))
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) }
}

/** Sends bytes as they are, and gives what comes back until the connection ends. */
async function raw({ port }: RunningProxy, head: string): Promise<string> {
  const socket = connectTcp(port, '127.0.0.1')
  socket.write(head)
  return await text(socket)
}

describe('a request passes through', () => {
  test("with the credential, and without what is the connection's", async () => {
    const proxy = await startProxy()
    const { status, body } = await ask(proxy, '/version?x=%2F', {
      headers: { 'X-Kept': 'yes', 'X-Own': 'no', Connection: 'x-own' },
    })
    expect([status, body]).toEqual([200, expect.stringContaining('"major"')])
    const [seen] = cluster.server.requests
    expect(seen).toMatchObject({ path: '/version?x=%2F', user: 'alice' })
    expect(seen?.headers).toMatchObject({ 'x-kept': 'yes', 'x-forwarded-for': '127.0.0.1' })
    // The client's own is that of the proxy; the server's stands where HTTP/2 has it.
    expect(seen?.headers).not.toHaveProperty('host')
    expect(seen?.headers).not.toHaveProperty('x-own')
  })

  test('with the authorization of its sender, when there is one', async () => {
    const proxy = await startProxy()
    const { token } = cluster.server.issueToken({ user: 'bob' })
    await ask(proxy, '/version', { headers: { authorization: `Bearer ${token}` } })
    expect(cluster.server.requests[0]?.user).toBe('bob')
  })

  test.each([0, 7, 3_000_000])('with its body of %d bytes', async (length) => {
    const proxy = await startProxy()
    const body = Buffer.alloc(length, 'b')
    const answer = await ask(proxy, '/echo', { method: 'POST', body })
    expect(JSON.parse(answer.body)).toMatchObject({ method: 'POST', bodyLength: length })
  })

  test('with a body that is sent in pieces', async () => {
    const proxy = await startProxy()
    const { port } = proxy
    const request = httpRequest({ host: '127.0.0.1', port, path: '/echo', method: 'POST' })
    request.write('one ')
    request.end('two')
    expect(JSON.parse(await text(await respond(request)))).toMatchObject({ bodyLength: 7 })
  })

  test('with a body that waits for leave', async () => {
    const proxy = await startProxy()
    const headers = { Expect: '100-continue', 'Content-Length': '2' }
    const { port } = proxy
    const request = httpRequest({ host: '127.0.0.1', port, path: '/echo', method: 'POST', headers })
    request.flushHeaders()
    await once(request, 'continue')
    request.end('ok')
    expect(JSON.parse(await text(await respond(request)))).toMatchObject({ bodyLength: 2 })
  })

  test('and its answer comes back with its headers, whatever it says', async () => {
    const proxy = await startProxy()
    cluster.server.respondOnce({
      statusCode: 418,
      headers: { 'X-Kept': 'yes', date: 'Thu, 01 Jan 1970 00:00:00 GMT' },
      body: 'teapot',
    })
    expect(await ask(proxy, '/x')).toMatchObject({
      status: 418,
      headers: { 'x-kept': 'yes', date: 'Thu, 01 Jan 1970 00:00:00 GMT' },
      body: 'teapot',
    })
  })

  test.each([
    ['HEAD', 200],
    ['GET', 204],
  ])('and %s with %d has no body', async (method, statusCode) => {
    const proxy = await startProxy()
    if (statusCode === 204) cluster.server.respondOnce({ statusCode })
    expect(await ask(proxy, '/version', { method })).toMatchObject({ status: statusCode, body: '' })
  })

  test('at the root of the server, with a warning when the kubeconfig has a path', async () => {
    const server = `${cluster.server.url}/base`
    const path = await cluster.kubeconfig('base', { token: plantedToken }, { server })
    const proxy = await startProxy(['--kubeconfig', path])
    for (const asked of ['/x?y', '/base/x']) await ask(proxy, asked)
    expect(cluster.server.requests.map((request) => request.path)).toEqual(['/x?y', '/base/x'])
    expect(proxy.terminal.err).toBe(
      'Warning: Your kube context contains a server path /base, ' +
        'use --append-server-path to automatically append the path to each request\n',
    )
  })

  test('below the path of the server with --append-server-path', async () => {
    const server = `${cluster.server.url}/base`
    const path = await cluster.kubeconfig('base', { token: plantedToken }, { server })
    const proxy = await startProxy(['--kubeconfig', path, '--append-server-path'])
    for (const asked of ['/x?y', '/base/x', '/base?y', '/basement']) await ask(proxy, asked)
    expect(cluster.server.requests.map((request) => request.path)).toEqual([
      '/base/x?y',
      '/base/base/x',
      '/base/base?y',
      '/base/basement',
    ])
    expect(proxy.terminal.err).toBe('')
  })

  test('as an ordinary one when it asks for HTTP/2 in clear text, body and all', async () => {
    const proxy = await startProxy()
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': '' }
    const answer = await ask(proxy, '/echo', { method: 'POST', headers, body: 'hello' })
    expect(answer.status).toBe(nodeTakesIt ? 200 : 400)
    const bodies = cluster.server.requests.map(({ bodyLength }) => bodyLength)
    expect(bodies).toEqual(nodeTakesIt ? [5] : [])
  })

  test('and a failure is told to one that brings a body, too', async () => {
    const path = await cluster.kubeconfig(
      'down',
      { token: plantedToken },
      { server: 'https://127.0.0.1:1' },
    )
    const proxy = await startProxy(['--kubeconfig', path])
    for (const method of ['POST', 'PUT', 'PATCH']) {
      const answer = await ask(proxy, '/echo', { method, body: 'x'.repeat(100_000) })
      expect(answer.status).toBe(502)
      expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', code: 502 })
    }
  })

  test('but no CONNECT, which neither harms the proxy nor keeps it from ending', async () => {
    const proxy = await startProxy()
    const silent = connectTcp(proxy.port, '127.0.0.1')
    silent.on('error', () => undefined)
    const heard = new Promise<string>((resolve) =>
      silent.once('data', (data: Buffer) => {
        resolve(data.toString('latin1'))
      }),
    )
    silent.write('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n')
    expect(await heard).toMatch(/^HTTP\/1\.1 405 /u)
    const rude = connectTcp(proxy.port, '127.0.0.1')
    rude.on('error', () => undefined)
    rude.write('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', () => rude.resetAndDestroy())
    expect(await proxy.stop()).toBe(0)
    silent.destroy()
  })

  test('and its upstream ends when the client goes while an upgrade awaits its answer', async () => {
    const proxy = await startProxy()
    const answerAgain = cluster.server.intercept(() => true)
    const client = connectTcp(proxy.port, '127.0.0.1')
    client.write(
      'GET /upgrade-echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
    )
    await until(() => cluster.server.requests.length === 1)
    client.destroy()
    await until(() => cluster.server.openConnections === 0)
    answerAgain()
    expect(cluster.server.requests).toHaveLength(1)
  })

  test('and with a new credential when the old one is refused', async () => {
    await cluster.plugin.behave([
      { credential: { status: { token: 'KUBECRED-PLANTED-SECRET-old' } } },
      { issueFrom: { url: cluster.server.pluginEndpoint } },
    ])
    const proxy = await startProxy(['--kubeconfig', cluster.withPlugin])
    const answer = await ask(proxy, '/echo', { method: 'POST', body: 'healed' })
    expect(JSON.parse(answer.body)).toMatchObject({ bodyLength: 6 })
  })

  test('and is told with -v=6', async () => {
    const proxy = await startProxy(['-v=6'])
    await ask(proxy, '/version')
    await until(() => proxy.terminal.err.includes('milliseconds'))
    expect(proxy.terminal.err).toMatch(/GET https:\S+\/version 200 in \d+ milliseconds\n/u)
  })
})

describe('with --http2', () => {
  const versions = (): string[] => cluster.server.requests.map(({ httpVersion }) => httpVersion)

  test('requests go over one connection, uploads and upgrades over HTTP/1.1', async () => {
    const proxy = await startProxy(['--http2'])
    const opened = cluster.server.connectionsOpened
    for (let count = 0; count < 3; count++) await ask(proxy, '/version')
    expect(cluster.server.connectionsOpened - opened).toBe(1)
    const answer = await ask(proxy, '/echo', { method: 'POST', body: 'hello' })
    expect(JSON.parse(answer.body)).toMatchObject({ bodyLength: 5 })
    expect(versions()).toEqual(['2.0', '2.0', '2.0', '1.1'])
  })

  test('headers and body come back as they were', async () => {
    const proxy = await startProxy(['--http2'])
    cluster.server.respondOnce({ statusCode: 200, headers: { 'X-Kept': 'yes' }, body: 'here' })
    expect(await ask(proxy, '/x')).toMatchObject({
      status: 200,
      headers: { 'x-kept': 'yes' },
      body: 'here',
    })
  })

  test('a watch streams, and ends upstream when its reader goes', async () => {
    const proxy = await startProxy(['--http2'])
    const response = await respond(send(proxy, '/api/v1/namespaces?watch=true'))
    await once(response, 'readable')
    expect(versions()).toEqual(['2.0'])
    response.destroy()
    await until(() => cluster.server.openWatches === 0)
  })
})

describe('an answer that goes on', () => {
  test('comes as it is sent', async () => {
    const proxy = await startProxy()
    const response = await respond(send(proxy, '/api/v1/namespaces?watch=true'))
    let seen = ''
    response.on('data', (chunk: Buffer) => (seen += chunk.toString()))
    await until(() => seen.includes('kube-system'))
    expect(seen).not.toContain('proxied')
    cluster.server.createNamespace(`proxied-${process.pid}`)
    await until(() => seen.includes(`proxied-${process.pid}`))
    response.destroy()
    await until(() => cluster.server.openWatches === 0)
  })

  test('begins with its head, even when nothing follows for long', async () => {
    const proxy = await startProxy()
    const stop = cluster.server.intercept((_request, reply) => {
      reply.begin({ statusCode: 200 })
      return true
    })
    const response = await respond(send(proxy, '/quiet?follow=true'))
    stop()
    expect(response.statusCode).toBe(200)
    response.destroy()
  })

  test('comes no faster than it is read', async () => {
    const proxy = await startProxy()
    let sent = 0
    const stop = cluster.server.intercept((_request, reply) => {
      const out = reply.begin({ statusCode: 200 })
      const pour = (): void => {
        do sent += 65_536
        while (out.write(Buffer.alloc(65_536)))
      }
      out.on('drain', pour)
      pour()
      return true
    })
    const response = await respond(send(proxy, '/much'))
    stop()
    response.pause()
    let before = -1
    await until(async () => {
      const stands = sent === before
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 100))
      return stands
    })
    expect(sent).toBeLessThan(64 * 2 ** 20)
    response.resume()
    await until(() => sent > before)
    response.destroy()
  })

  test('ends upstream when its reader goes, also one that had stopped reading', async () => {
    const proxy = await startProxy()
    const answers = answerWithoutEnd(cluster.server)
    const responses = await Promise.all(
      Array.from({ length: 8 }, () => respond(send(proxy, '/endless'))),
    )
    answers.stop()
    for (const response of responses) response.pause()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(answers.open).toBe(8)
    for (const response of responses) response.destroy()
    await until(() => answers.open === 0)
    expect(await ask(proxy, '/version')).toMatchObject({ status: 200 })
  })

  test('is not even begun for a client that has gone before', async () => {
    await cluster.plugin.behave({
      delayMs: 500,
      issueFrom: { url: cluster.server.pluginEndpoint },
    })
    const proxy = await startProxy(['--kubeconfig', cluster.withPlugin])
    const request = send(proxy, '/version')
    request.on('error', () => undefined)
    await until(async () => (await cluster.plugin.runs()).length === 1)
    request.destroy()
    expect(await ask(proxy, '/echo', { method: 'POST' })).toMatchObject({ status: 200 })
    expect(cluster.server.requests.map(({ path }) => path)).toEqual(['/echo'])
  })

  test('that breaks off is seen to break off', async () => {
    const proxy = await startProxy()
    const stop = cluster.server.intercept((_request, reply) => {
      const out = reply.begin({ statusCode: 200 })
      out.write('half', () => reply.dropConnection())
      return true
    })
    const response = await respond(send(proxy, '/half'))
    stop()
    await expect(text(response)).rejects.toThrow('aborted')
  })

  test('short as it is, is read to its end when its reader goes: the connection serves again', async () => {
    const proxy = await startProxy()
    await ask(proxy, '/version')
    const opened = cluster.server.connectionsOpened
    let rest: (() => void) | undefined
    const stop = cluster.server.intercept((_request, reply) => {
      const out = reply.begin({ statusCode: 200, headers: { 'content-length': '10' } })
      out.write('12345')
      rest = () => out.end('67890')
      return true
    })
    const response = await respond(send(proxy, '/short'))
    stop()
    response.destroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
    rest?.()
    await ask(proxy, '/version')
    expect(cluster.server.connectionsOpened - opened).toBeLessThanOrEqual(1)
  })
})

describe('an upgrade passes through', () => {
  const upgrade = (path: string, extra = ''): string =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n${extra}\r\n`

  async function opened(
    proxy: RunningProxy,
    ahead = '',
  ): Promise<{ socket: Socket; seen(): string }> {
    const socket = connectTcp(proxy.port, '127.0.0.1')
    let seen = ''
    socket.on('data', (chunk: Buffer) => (seen += chunk.toString()))
    socket.write(upgrade('/upgrade-echo') + ahead)
    await until(() => seen.includes('\r\n\r\n'))
    return { socket, seen: () => seen }
  }

  test('both ways, with what came ahead of its time', async () => {
    const proxy = await startProxy()
    const { socket, seen } = await opened(proxy, 'ahead ')
    expect(seen()).toMatch(
      /^HTTP\/1\.1 101 Switching Protocols\r\n(?:[^\r]+\r\n)*Upgrade: echo\/1\r\n/iu,
    )
    socket.write('there and back')
    await until(() => seen().endsWith('ahead there and back'))
    expect(cluster.server.requests[0]?.user).toBe('alice')
    socket.destroy()
    await until(() => cluster.server.openConnections === 0)
  })

  test('and is told as 101', async () => {
    const proxy = await startProxy(['-v=6'])
    const { socket } = await opened(proxy)
    socket.destroy()
    await until(() => proxy.terminal.err.includes('milliseconds'))
    expect(proxy.terminal.err).toMatch(/GET \S+\/upgrade-echo 101 in \d+ milliseconds\n/u)
  })

  test('and a server that refuses it answers as ever', async () => {
    const proxy = await startProxy()
    const answer = await raw(proxy, upgrade('/nothing'))
    expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n[^]*404 page not found\n/u)
  })

  test('and is filtered as any request', async () => {
    const proxy = await startProxy()
    const answer = await raw(proxy, upgrade('/upgrade-echo', 'Origin: http://evil.example\r\n'))
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/u)
    expect(cluster.server.requests).toEqual([])
  })

  test('and is ended by the server', async () => {
    const proxy = await startProxy()
    const { socket } = await opened(proxy)
    const closed = once(socket, 'close')
    await cluster.server.closeConnections()
    await closed
    expect(await ask(proxy, '/version')).toMatchObject({ status: 200 })
  })
})

describe('the filter', () => {
  test.each([
    ['another host', '/version', { host: 'evil.example' }],
    ['a page of another host', '/version', { origin: 'http://evil.example' }],
    ['exec', '/api/v1/namespaces/x/pods/y/exec', {}],
    ['attach, in disguise', '/api/v1/namespaces/x/pods/y/%61ttach', {}],
  ])('refuses %s', async (_what, path, headers) => {
    const proxy = await startProxy()
    expect(await ask(proxy, path, { headers })).toMatchObject({
      status: 403,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
      body: 'Forbidden\n',
    })
    expect(cluster.server.requests).toEqual([])
  })

  test.each([
    [
      'two hosts',
      'GET /version HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
      400,
    ],
    ['no host', 'GET /version HTTP/1.0\r\n\r\n', 403],
    [
      'a host in the request line',
      'GET http://evil.example/version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      403,
    ],
    ['no path', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400],
    ['CONNECT', 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
  ])('refuses %s', async (_what, head, status) => {
    const proxy = await startProxy()
    expect(await raw(proxy, head)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `, 'u'))
    expect(cluster.server.requests).toEqual([])
  })

  test('sends on to a plain path what could be read in two ways', async () => {
    const proxy = await startProxy()
    const answer = await raw(
      proxy,
      'GET /api/../version?a=b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 301 Moved Permanently\r\nLocation: \/version\?a=b\r\n/u)
  })

  test('has the rules that the flags give it', async () => {
    const proxy = await startProxy(['--accept-hosts=^dev$', '--reject-methods=^POST$'])
    const headers = { host: 'dev:80' }
    expect(await ask(proxy, '/version', { headers })).toMatchObject({ status: 200 })
    expect(await ask(proxy, '/echo', { headers, method: 'POST' })).toMatchObject({ status: 403 })
    expect(await ask(proxy, '/version')).toMatchObject({ status: 403 })
  })

  test('can be switched off, with a warning', async () => {
    const proxy = await startProxy(['--disable-filter'])
    expect(proxy.terminal.err).toContain('Warning: Request filter disabled')
    const headers = { host: 'evil.example' }
    expect(await ask(proxy, '/version', { headers })).toMatchObject({ status: 200 })
  })
})

describe('a failure is answered with a Status', () => {
  test('502 when nobody listens upstream', async () => {
    const proxy = await startProxy(['--server', 'https://127.0.0.1:1'])
    const { status, headers, body } = await ask(proxy, '/version')
    expect([status, headers['content-type']]).toEqual([502, 'application/json'])
    expect(JSON.parse(body)).toMatchObject({
      kind: 'Status',
      code: 502,
      message: expect.stringMatching(/ECONNREFUSED|refused/u) as string,
    })
  })

  test('502 when the plugin fails, and what it printed stays secret', async () => {
    await cluster.plugin.behave({ exitCode: 1, stdout: 'KUBECRED-PLANTED-SECRET-noise' })
    const proxy = await startProxy(['--kubeconfig', cluster.withPlugin])
    const { status, body } = await ask(proxy, '/version')
    expect(status).toBe(502)
    expect(body).toContain('getting credentials: exec: executable')
    expect(body).not.toContain('KUBECRED-PLANTED-SECRET')
  })

  test('504 when the server does not answer in time', async () => {
    const stop = cluster.server.intercept(() => true)
    const proxy = await startProxy(['--request-timeout=100ms'])
    const { status, body } = await ask(proxy, '/version')
    stop()
    expect([status, JSON.parse(body)]).toMatchObject([
      504,
      { message: 'no answer in 0.1 s (--request-timeout sets the limit)', reason: 'Timeout' },
    ])
  })

  test('504 when the plugin gives nothing in time', async () => {
    await cluster.plugin.behave({
      delayMs: 20_000,
      issueFrom: { url: cluster.server.pluginEndpoint },
    })
    const flags = ['--kubeconfig', cluster.withPlugin, '--request-timeout=200ms']
    const proxy = await startProxy(flags)
    const { status, body } = await ask(proxy, '/version')
    expect([status, JSON.parse(body)]).toMatchObject([
      504,
      {
        message:
          `getting credentials: exec plugin "${cluster.plugin.command}" gave no credential in 0.2 s ` +
          `(run ${cluster.plugin.command} by hand to see what it waits for; --request-timeout sets the limit)`,
      },
    ])
  })

  test('and it is told on standard error, in the same words', async () => {
    const proxy = await startProxy(['--server', 'https://127.0.0.1:1'])
    const { body } = await ask(proxy, '/version')
    const { message }: { message: string } = JSON.parse(body)
    expect(proxy.terminal.err).toBe(`Error while proxying request: ${message}\n`)
    expect(message).toMatch(/refused.*is the cluster up/u)
  })

  test('and so is a refusal with -v=6', async () => {
    const proxy = await startProxy(['-v=6'])
    await ask(proxy, '/version', { headers: { host: 'evil.example' } })
    expect(proxy.terminal.err).toBe('GET /version refused: Forbidden\n')
  })

  test('and the proxy goes on', async () => {
    const proxy = await startProxy()
    cluster.server.respondOnce({ statusCode: 500, body: 'boom' })
    expect(await ask(proxy, '/x')).toMatchObject({ status: 500 })
    expect(await ask(proxy, '/version')).toMatchObject({ status: 200 })
  })
})

describe('a client that does what no client should', () => {
  test('and asks for another protocol before it has its answer loses its connection alone', async () => {
    const proxy = await startProxy()
    const head = 'GET /version HTTP/1.1\r\nHost: localhost\r\n'
    for (const second of [
      `${head}Connection: Upgrade\r\nUpgrade: x\r\n\r\n`,
      'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
    ]) {
      const socket = connectTcp(proxy.port, '127.0.0.1')
      socket.on('error', () => undefined)
      const closed = once(socket, 'close')
      socket.resume()
      socket.write(`${head}\r\n${second}`)
      await closed
    }
    expect(await ask(proxy, '/version')).toMatchObject({ status: 200 })
  })

  test('and encodes its body in a way that we would have to undo is told so', async () => {
    const proxy = await startProxy()
    const answer = await raw(
      proxy,
      'POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 501 /u)
    expect(cluster.server.requests).toEqual([])
  })

  test('and brings thousands of headers gets its body through all the same', async () => {
    const proxy = await startProxy()
    const headers = Object.fromEntries(
      Array.from({ length: 900 }, (_, index) => [`x-${index}`, 'y']),
    )
    const answer = await ask(proxy, '/echo', { method: 'POST', headers, body: 'hello' })
    expect(JSON.parse(answer.body)).toMatchObject({ bodyLength: 5 })
  })

  test('and goes on with an upload that is answered already gets the answer and an end', async () => {
    const proxy = await startProxy()
    const stop = cluster.server.intercept((_request, reply) => {
      reply.reply({ statusCode: 403, body: 'no' })
      return true
    })
    const socket = connectTcp(proxy.port, '127.0.0.1')
    socket.on('error', () => undefined)
    let seen = ''
    socket.on('data', (chunk: Buffer) => (seen += chunk.toString()))
    const closed = once(socket, 'close')
    socket.write('POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\nbegin')
    await closed
    stop()
    expect(seen).toMatch(/^HTTP\/1\.1 403 [^]*Connection: close/iu)
  })
})

describe('a client certificate that OpenSSL refuses', () => {
  const there = installed('openssl', 'version')

  test.skipIf(!there)(
    `fails every request that needs it, and not the proxy${there ? '' : ' (skipped: no openssl)'}`,
    async () => {
      const [key, certificate] = [
        join(cluster.folder, 'weak.key'),
        join(cluster.folder, 'weak.crt'),
      ]
      const args = ['req', '-x509', '-newkey', 'rsa:512', '-nodes', '-subj', '/CN=weak']
      execFileSync('openssl', [...args, '-keyout', key, '-out', certificate], { stdio: 'ignore' })
      const path = await cluster.kubeconfig('weak', {
        'client-certificate': certificate,
        'client-key': key,
      })
      const proxy = await startProxy(['--kubeconfig', path])
      for (let count = 0; count < 3; count++) {
        const { status, body } = await ask(proxy, '/version')
        expect(status).toBe(502)
        expect(body).toContain('the client certificate cannot be used (OpenSSL refuses it')
      }
    },
  )
})

describe('when asked to stop', () => {
  test('it ends watches in good order and waits for other requests', async () => {
    const proxy = await startProxy()
    const watch = await respond(send(proxy, '/api/v1/namespaces?watch=1'))
    await once(watch, 'readable')
    const watched = text(watch)
    let answer: (() => void) | undefined
    const stop = cluster.server.intercept((request, reply) => {
      if (request.path !== '/slow') return false
      answer = () => reply.reply({ statusCode: 200, body: 'at last' })
      return true
    })
    const slow = ask(proxy, '/slow')
    await until(() => answer !== undefined)
    stop()
    const ended = proxy.stop()
    expect(await watched).toMatch(/\n$/u)
    answer?.()
    expect(await slow).toMatchObject({ status: 200, body: 'at last' })
    expect(await ended).toBe(0)
    await expect(ask(proxy, '/version')).rejects.toThrow('ECONNREFUSED')
  })

  test('it waits for a watch to come to the end of a line', async () => {
    const proxy = await startProxy()
    let go: (() => void) | undefined
    const stop = cluster.server.intercept((_request, reply) => {
      const out = reply.begin({ statusCode: 200 })
      out.write('{"half":')
      go = () => out.write('true}\n{"next":')
      return true
    })
    const response = await respond(send(proxy, '/x?watch=true'))
    stop()
    const seen = text(response)
    await once(response, 'readable')
    const ended = proxy.stop()
    go?.()
    expect(await seen).toBe('{"half":true}\n')
    expect(await ended).toBe(0)
  })

  test('it does not wait for ever', async () => {
    const clock = createFakeClock()
    const proxy = await startProxy([], { clock })
    const stop = cluster.server.intercept(() => true)
    const hanging = ask(proxy, '/hangs')
    await until(() => cluster.server.requests.length === 1)
    stop()
    const outcome = hanging.then(
      () => 'answered',
      (error: unknown) => String(error),
    )
    const ended = proxy.stop()
    await until(() => clock.pendingTimers > 0)
    clock.advance(10_000)
    expect(await outcome).toBe('Error: socket hang up')
    expect(await ended).toBe(0)
  })

  test('it lets an upgrade that awaits its answer have it', async () => {
    const proxy = await startProxy()
    let answer: (() => void) | undefined
    const stop = cluster.server.intercept((_request, reply) => {
      answer = () => reply.reply({ statusCode: 403, body: 'no' })
      return true
    })
    const answered = raw(
      proxy,
      'GET /upgrade-echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: e\r\n\r\n',
    )
    await until(() => answer !== undefined)
    stop()
    const ended = proxy.stop()
    answer?.()
    expect(await answered).toMatch(/^HTTP\/1\.1 403 /u)
    expect(await ended).toBe(0)
  })

  test('it cuts what was upgraded after the same time', async () => {
    const clock = createFakeClock()
    const proxy = await startProxy([], { clock })
    const socket = connectTcp(proxy.port, '127.0.0.1')
    const closed = once(socket, 'close')
    socket.write(
      'GET /upgrade-echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: e\r\n\r\n',
    )
    await once(socket, 'data')
    const ended = proxy.stop()
    await until(() => clock.pendingTimers > 0)
    // Until then it goes on.
    socket.write('still there')
    const [echo]: Buffer[] = await once(socket, 'data')
    expect(String(echo)).toBe('still there')
    clock.advance(10_000)
    await closed
    expect(await ended).toBe(0)
  })
})

describe('the port', () => {
  test('that is taken is named', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // A port was asked for, so it has one.
    const args = ['proxy', `--port=${port}`, '--kubeconfig', cluster.withToken]
    const { exitCode, stdout, stderr } = await runCli(args)
    server.close()
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /^error: listen tcp 127\.0\.0\.1:\d+: bind: address already in use\ncause: .*\nhint: .*--port=0/u,
    )
  })

  test('on an address of another machine cannot be had', async () => {
    const args = ['proxy', '--address=192.0.2.1', '--port=0', '--kubeconfig', cluster.withToken]
    const { exitCode, stderr } = await runCli(args)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /^error: listen tcp 192\.0\.2\.1:0: bind: cannot assign requested address\n/u,
    )
  })

  test('that others can reach comes with a warning', async () => {
    const proxy = await startProxy(['--address=0.0.0.0'])
    expect(proxy.terminal.err).toBe('Warning: whoever can reach 0.0.0.0 acts as you\n')
  })
})

function hasUpgradeCallback(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 24 || (major === 24 && minor >= 9) || (major === 22 && minor >= 21)
}
