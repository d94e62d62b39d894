import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { UndiciCluster } from '../../src/transport/undici-cluster.ts'
import { eventually, ScriptedProvider, sourceOf, stacks, targetOf, text } from './stacks.ts'

const watch = '/api/v1/namespaces?watch=true'

let server: FakeApiServer

/** A source whose clock stands still, and which is renewed after 80 s while it is in use. */
function scene() {
  const clock = createFakeClock()
  const provider = new ScriptedProvider(() =>
    createCredential({ token: server.issueToken().token, expiresAt: clock.now() + 100_000 }),
  )
  const source = sourceOf(provider, { clock, renewWhenIdle: 'while-in-use' })
  return { clock, provider, source }
}

describe.each(stacks)('$name', ({ open, http2 }) => {
  beforeEach(async () => {
    server = await startApiServer({ http2 })
  })

  afterEach(async () => {
    await server.close()
  })

  test('has its source in use while a watch is open, and not for an ordinary request', async () => {
    const { clock, provider, source } = scene()
    await using cluster = open({ server: targetOf(server), source })
    await text((await cluster.send('/version')).body)
    expect(clock.pendingTimers).toBe(0)
    const watches = [await cluster.send(watch), await cluster.send(watch)]
    for (const { body } of watches) body.on('error', () => undefined)
    expect(clock.pendingTimers).toBe(1)
    clock.advance(80_000)
    await eventually(() => provider.runs === 2, 'the credential is renewed though nobody asks')
    watches[0]?.body.destroy()
    await text((await cluster.send('/version')).body)
    expect(clock.pendingTimers).toBe(1)
    watches[1]?.body.destroy()
    await eventually(() => clock.pendingTimers === 0, 'nothing is in use any more')
  })

  test('has it in use no longer when a watch could not be opened', async () => {
    const { clock, provider, source } = scene()
    await using cluster = open({ server: targetOf(server), source })
    await text((await cluster.send('/version')).body)
    provider.next = () => Promise.reject(new Error('no'))
    clock.advance(101_000)
    await expect(cluster.send(watch)).rejects.toThrow('no')
    provider.next = () => createCredential({ token: server.issueToken().token })
    await source.renew()
    await text((await cluster.send('/version')).body)
    expect(clock.pendingTimers).toBe(0)
  })

  test('lets go of it when it is closed under a watch', async () => {
    const { clock, source } = scene()
    const cluster = open({ server: targetOf(server), source })
    const { body } = await cluster.send(watch)
    body.on('error', () => undefined)
    expect(clock.pendingTimers).toBe(1)
    await cluster.close()
    await source.close()
    expect(clock.pendingTimers).toBe(0)
  })
})

test('undici has its source in use while an upgraded connection is open', async () => {
  server = await startApiServer()
  const { clock, source } = scene()
  const rules = { userAgent: 'test', impersonation: [] }
  const wiring = { server: targetOf(server), source, rules, namespace: '' }
  await using cluster = new UndiciCluster(wiring, {})
  const { socket } = await cluster.dispatcher.upgrade({ path: '/upgrade-echo', protocol: 'echo' })
  socket.on('error', () => undefined)
  expect(clock.pendingTimers).toBe(1)
  socket.destroy()
  await eventually(() => clock.pendingTimers === 0, 'nothing is in use any more')
  await server.close()
})
