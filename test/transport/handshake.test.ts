import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { eventually, sourceOf, stacks, targetOf, text, tokensOf } from './stacks.ts'

const namespaces = '/api/v1/namespaces'

let server: FakeApiServer
let mute: net.Server
const heard = new Set<net.Socket>()

beforeEach(async () => {
  server = await startApiServer()
  // Takes what a client says, and never answers.
  mute = net.createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => heard.add(socket))
  })
  mute.listen(0, '127.0.0.1')
  await once(mute, 'listening')
})

afterEach(async () => {
  for (const socket of heard) socket.destroy()
  heard.clear()
  mute.close()
  await eventually(() => server.openConnections === 0, 'all connections are closed')
  await server.close()
})

function mutePort(): number {
  return (mute.address() as AddressInfo).port // A port was asked for, so it has one.
}

describe.each(stacks)('the TLS handshake on $name', (stack) => {
  test.each(['TCP', 'the function of the caller'])('has 10 s, over %s', async (over) => {
    const clock = createFakeClock()
    const port = mutePort()
    const dial = (): Promise<net.Socket> => Promise.resolve(net.connect(port, '127.0.0.1'))
    await using cluster = stack.open({
      server: targetOf(server, { url: `https://127.0.0.1:${port}` }),
      source: sourceOf(tokensOf(server)),
      options: { clock, ...(over === 'TCP' ? {} : { connect: dial }) },
    })
    let settled = false
    const sent = cluster.send(namespaces).finally(() => (settled = true))
    const failure = sent.catch((error: unknown) => error)
    await eventually(() => heard.size > 0, 'the handshake begins')
    clock.advance(9999)
    await new Promise((resolve) => setImmediate(resolve))
    expect(settled).toBe(false)
    clock.advance(1)
    expect(await failure).toMatchObject({
      code: 'ERR_TIMEOUT',
      message: 'Unable to connect to the server: net/http: TLS handshake timeout',
    })
  })

  test('leaves no timer when it is done', async () => {
    const clock = createFakeClock()
    await using cluster = stack.open({
      server: targetOf(server),
      source: sourceOf(tokensOf(server)),
      options: { clock },
    })
    const before = clock.pendingTimers
    const { body } = await cluster.send(namespaces)
    await text(body)
    // Over HTTP/2 the connection is looked at from now on; our own clients see by another who is idle.
    const looks = Number(stack.http2) + Number(stack.name.includes('of our own'))
    expect(clock.pendingTimers).toBe(before + looks)
    clock.advance(10_000)
    expect((await cluster.send(namespaces).then(drained)).statusCode).toBe(200)
    expect(server.requests).toHaveLength(2)
  })
})

async function drained<R extends { readonly body: NodeJS.ReadableStream }>(
  response: R,
): Promise<R> {
  await text(response.body)
  return response
}
