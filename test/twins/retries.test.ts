import { createHash } from 'node:crypto'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import {
  eventually,
  sourceOf,
  stacks,
  targetOf,
  text,
  tokensOf,
  type TestCluster,
  type TestRequest,
} from '../transport/stacks.ts'

// What client-go's tests of retries assert, on every stack. Those that wait stand in
// test/transport/retries.test.ts, where time is a fake.

const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex')
const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']
const again = { 'retry-after': '0' }

describe.each(stacks)('$name', ({ open, http2 }) => {
  let server: FakeApiServer

  beforeEach(async () => {
    server = await startApiServer({ http2 })
  })

  afterEach(async () => {
    await eventually(() => server.openConnections === 0, 'all connections are closed')
    await server.close()
  })

  const connect = (): TestCluster =>
    open({ server: targetOf(server), source: sourceOf(tokensOf(server)) })

  const ask = async (cluster: TestCluster, request: TestRequest): Promise<number> => {
    const { statusCode, body } = await cluster.send('/echo', request)
    await text(body)
    return statusCode
  }

  test.each([
    { what: '429 with Retry-After', statusCode: 429, headers: again, sent: 2 },
    { what: '503 with Retry-After', statusCode: 503, headers: again, sent: 2 },
    { what: '429 without', statusCode: 429, headers: {}, sent: 1 },
    { what: '503 without', statusCode: 503, headers: {}, sent: 1 },
    { what: '200', statusCode: 200, headers: {}, sent: 1 },
    { what: '301 with Retry-After', statusCode: 301, headers: again, sent: 1 },
  ])('after a $what every method is sent $sent times', async ({ statusCode, headers, sent }) => {
    await using cluster = connect()
    for (const method of methods) {
      server.clearRequests()
      server.respondOnce({ statusCode, headers, body: 'x' })
      await ask(cluster, { method, ...(method === 'GET' ? {} : { body: 'body' }) })
      expect({ method, sent: server.requests.length }).toEqual({ method, sent })
    }
  })

  test('a body is whole each time, whatever the server is too busy with', async () => {
    await using cluster = connect()
    const body = 'abcd'.repeat(1000)
    const refusals = [429, 500, 501, 504]
    for (const statusCode of refusals) server.respondOnce({ statusCode, headers: again })
    expect(await ask(cluster, { method: 'POST', body })).toBe(200)
    expect(server.requests.map(({ statusCode }) => statusCode)).toEqual([...refusals, 200])
    // The fake reads no body of a request that it refuses.
    expect(server.requests.at(-1)?.bodySha256).toBe(sha256(body))
  })

  test.each([
    { max: 0, statusCode: 429, sent: 1 },
    { max: 1, statusCode: 200, sent: 2 },
    { max: 5, statusCode: 200, sent: 2 },
  ])('with $max retries the first refusal ends as $statusCode', async (expected) => {
    await using cluster = connect()
    server.respondOnce({ statusCode: 429, headers: again })
    const statusCode = await ask(cluster, {
      method: 'POST',
      body: 'x',
      retries: { max: expected.max },
    })
    expect({ max: expected.max, statusCode, sent: server.requests.length }).toEqual(expected)
  })

  test('requests at the same time are counted each for itself', async () => {
    await using cluster = connect()
    server.intercept((_request, respond) => {
      respond.reply({ statusCode: 500, headers: again, body: 'x' })
      return true
    })
    const request = { method: 'POST', body: 'body', retries: { max: 9 } }
    const all = await Promise.all(Array.from({ length: 20 }, () => ask(cluster, request)))
    expect(new Set(all)).toEqual(new Set([500]))
    expect(server.requests).toHaveLength(20 * 10)
  })
})
