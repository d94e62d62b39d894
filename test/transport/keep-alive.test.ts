import { existsSync, readFileSync } from 'node:fs'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { eventually, ScriptedProvider, stacks, targetOf } from './stacks.ts'

const table = '/proc/net/tcp'
const title = 'is probed after 30 s of quiet, also while a watch is open'
const skipped = existsSync(table) ? '' : ` (skipped: there is no ${table} to look at)`

let server: FakeApiServer

beforeEach(async () => {
  server = await startApiServer()
})

afterEach(async () => {
  await eventually(() => server.openConnections === 0, 'all connections are closed')
  await server.close()
})

describe.skipIf(!existsSync(table)).each(stacks)('a connection of $name', (stack) => {
  test(title + skipped, async () => {
    const { token } = server.issueToken()
    const source = new Renewer(new ScriptedProvider(() => createCredential({ token })))
    await using cluster = stack.open({ server: targetOf(server), source })
    const { body } = await cluster.send('/api/v1/namespaces?watch=true')
    await eventually(() => probeTimers(server.port).length > 0, 'the probe is set')
    for (const seconds of probeTimers(server.port)) {
      expect(seconds).toBeGreaterThan(20)
      expect(seconds).toBeLessThanOrEqual(30)
    }
    body.on('error', () => undefined).destroy()
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
