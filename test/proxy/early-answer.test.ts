import { connect, type Socket } from 'node:net'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { liveCluster } from '../cli/live-cluster.ts'
import { until } from '../testing/until.ts'
import { startOurs, stopProxy, type StartedProxy } from './both-proxies.ts'
import { head } from './raw-client.ts'

const cluster = liveCluster()
let proxy: StartedProxy | undefined
let asked = 0

beforeEach(async () => {
  asked = 0
  cluster.server.intercept(({ path, user }, respond) => {
    if (user === undefined || !path.startsWith('/early')) return false
    asked += 1
    respond.reply({ statusCode: 413, body: 'too much\n' })
    return true
  })
  proxy = await startOurs(['--kubeconfig', cluster.withToken])
})
afterEach(async () => await stopProxy(proxy))

/** A client that goes on to write, whatever it is told. */
class Uploader {
  readonly socket: Socket
  readonly errors: Error[] = []
  text = ''

  constructor() {
    const port = proxy?.kind === 'serves' ? proxy.port : 0
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    this.socket.setEncoding('latin1')
    this.socket.on('data', (text: string) => (this.text += text))
    this.socket.on('error', (error) => this.errors.push(error))
  }

  get answered(): boolean {
    return this.socket.readableEnded && this.text.endsWith('too much\n')
  }
}

describe('an upload that is answered before it has come', () => {
  test.each([
    ['with a length', 'Content-Length: 200000', '', ''],
    ['in chunks', 'Transfer-Encoding: chunked', '30d40\r\n', '\r\n0\r\n\r\n'],
  ])('%s: costs its client nothing that it writes on', async (_, framing, before, after) => {
    const client = new Uploader()
    client.socket.write(head('POST', '/early', [framing]))
    client.socket.write(before + 'u'.repeat(100_000))
    await until(() => client.answered)
    expect(client.text).toMatch(/^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n/u)
    client.socket.write('u'.repeat(50_000))
    // Time for a reset to arrive, had there been one.
    await until(() => client.socket.writableLength === 0)
    client.socket.end('u'.repeat(50_000) + after)
    await until(() => client.socket.closed)
    expect(client.errors).toEqual([])
  })

  test('has no request behind it answered, or sent', async () => {
    const client = new Uploader()
    client.socket.write(head('POST', '/early', ['Content-Length: 100000']))
    client.socket.write('u'.repeat(50_000))
    await until(() => client.answered)
    client.socket.write('u'.repeat(50_000) + head('GET', '/early/next') + head('GET', '/early'))
    await until(() => client.socket.destroyed || client.socket.writableLength === 0)
    client.socket.end()
    await until(() => client.socket.closed)
    expect(client.text.match(/HTTP\/1\.1/gu)).toHaveLength(1)
    expect(asked).toBe(1)
  })

  test.each([
    ['that has no end is cut', true],
    ['of a client that says no more is not waited for', false],
  ])('%s', async (_, writesOn) => {
    const client = new Uploader()
    client.socket.write(head('POST', '/early', ['Content-Length: 100000000']))
    client.socket.write('u'.repeat(50_000))
    await until(() => client.answered)
    while (writesOn && client.errors.length === 0 && client.socket.writable) {
      client.socket.write('u'.repeat(100_000))
      await new Promise((resolve) => setImmediate(resolve))
    }
    // A connection that nobody has any more resets what is written to it.
    await until(() => {
      if (client.socket.writable) client.socket.write('u')
      return client.socket.closed
    })
    expect(client.errors).not.toEqual([])
  })
})
