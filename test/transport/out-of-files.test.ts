import { connect as connectTcp } from 'node:net'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import type { DialTarget } from '../../src/transport/dial.ts'
import { eventually, ScriptedProvider, sourceOf, stacks, targetOf, text } from './stacks.ts'

const token = 'KUBECRED-PLANTED-SECRET-token'
let server: FakeApiServer

beforeEach(async () => {
  server = await startApiServer({ tokens: { [token]: { user: 'alice' } } })
})

afterEach(async () => {
  await eventually(() => server.openConnections === 0, 'all connections are closed')
  await server.close()
})

const pooled = stacks.filter(({ name }) => name.includes('HTTP/1.1'))

describe.each(pooled)('on $name, a process that may open no more files', ({ open }) => {
  const connectTo = (most: number) => {
    let opened = 0
    const connect = async ({ host, port }: DialTarget) => {
      if (opened >= most) {
        throw Object.assign(new Error('connect EMFILE'), { code: 'EMFILE', syscall: 'connect' })
      }
      opened++
      const socket = connectTcp(port, host)
      socket.once('close', () => opened--)
      return socket
    }
    const source = sourceOf(new ScriptedProvider(() => createCredential({ token })))
    return open({ server: targetOf(server), source, options: { connect } })
  }

  test('goes on with the connections that it has, and loses no request', async () => {
    await using cluster = connectTo(3)
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const method = index % 8 === 0 ? 'POST' : 'GET'
        const body = method === 'POST' ? { body: 'once' } : {}
        const response = await cluster.send(method === 'POST' ? '/echo' : '/version', {
          method,
          ...body,
          retries: false,
        })
        await text(response.body)
        return response.statusCode
      }),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(server.requests).toHaveLength(200)
    expect(server.connectionsOpened).toBeLessThanOrEqual(3)
  })

  test('and has none says so', async () => {
    await using cluster = connectTo(0)
    await expect(cluster.send('/version', { retries: false })).rejects.toMatchObject({
      code: 'EMFILE',
    })
  })
})
