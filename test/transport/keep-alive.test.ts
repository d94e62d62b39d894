import { existsSync, readFileSync } from 'node:fs'
import net from 'node:net'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { FakeProxy } from './fake-proxy.ts'
import { eventually, ScriptedProvider, stacks, targetOf, type TestWiring } from './stacks.ts'

const table = '/proc/net/tcp'
const title = 'is probed after 30 s of quiet, also while a watch is open'
const skipped = existsSync(table) ? '' : ` (skipped: there is no ${table} to look at)`

const authority = createCertificateAuthority()
const identity = authority.issue({
  commonName: 'proxy',
  usage: 'server',
  ipAddresses: ['127.0.0.1'],
})

let server: FakeApiServer

beforeEach(async () => {
  server = await startApiServer({ certificateAuthority: authority })
})

afterEach(async () => {
  await eventually(() => server.openConnections === 0, 'all connections are closed')
  await server.close()
})

describe.skipIf(!existsSync(table)).each(stacks)('a connection of $name', (stack) => {
  /** Opens a watch, and looks at the connection to this port. */
  async function expectProbes(port: number, wiring: Omit<TestWiring, 'source'>): Promise<void> {
    const { token } = server.issueToken()
    const source = new Renewer(new ScriptedProvider(() => createCredential({ token })))
    await using cluster = stack.open({ ...wiring, source })
    const { body } = await cluster.send('/api/v1/namespaces?watch=true')
    await eventually(() => probeTimers(port).length > 0, 'the probe is set')
    for (const seconds of probeTimers(port)) {
      expect(seconds).toBeGreaterThan(20)
      expect(seconds).toBeLessThanOrEqual(30)
    }
    body.on('error', () => undefined).destroy()
  }

  test(title + skipped, async () => {
    await expectProbes(server.port, { server: targetOf(server) })
  })

  test.each(['http', 'https', 'socks5'] as const)(
    `through a proxy of %s ${title}${skipped}`,
    async (protocol) => {
      const proxy = await FakeProxy.start({ protocol, identity })
      const target = targetOf(server, { proxy: proxy.target() })
      await expectProbes(proxy.target().port, { server: target })
      await eventually(() => proxy.open === 0, 'the proxy is free')
      await proxy.close()
    },
  )

  test(`that the caller opened ${title}${skipped}`, async () => {
    const connect = (): Promise<net.Socket> =>
      Promise.resolve(net.connect(server.port, '127.0.0.1'))
    await expectProbes(server.port, { server: targetOf(server), options: { connect } })
  })
})

/** Seconds until the system probes each connection that was made to a port, as Linux tells. */
function probeTimers(port: number): readonly number[] {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync(table, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/u))
    .flatMap(([, , to = '', , , timer = '']) => {
      const [kind, when = ''] = timer.split(':')
      // 02 is the keep-alive timer; the time is in hundredths of a second.
      return to.endsWith(remote) && kind === '02' ? [Number.parseInt(when, 16) / 100] : []
    })
}
