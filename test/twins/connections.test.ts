import { describe, expect, test } from 'vitest'

import { startApiServer } from '../../src/testing/api-server.ts'
import { eventually, sourceOf, stacks, targetOf, text, tokensOf } from '../transport/stacks.ts'

// What client-go's tests of connections that do not answer assert.

const namespaces = '/api/v1/namespaces'

describe.each(stacks)('$name', ({ open, http2 }) => {
  const left = http2 ? 'its connection to' : 'no connection for'

  test(`a request that was given up leaves ${left} the next one`, async () => {
    await using server = await startApiServer({ http2 })
    await using cluster = open({ server: targetOf(server), source: sourceOf(tokensOf(server)) })
    const get = async (): Promise<number> => {
      const { statusCode, body } = await cluster.send(namespaces)
      await text(body)
      return statusCode
    }
    expect(await get()).toBe(200)
    const release = server.intercept(({ path }) => path === '/hang')
    const controller = new AbortController()
    const hanging = cluster.send('/hang', { signal: controller.signal })
    await eventually(() => server.requests.length === 2, 'the server has it')
    controller.abort(new Error('long enough'))
    await expect(hanging).rejects.toThrow('long enough')
    release()
    expect(await get()).toBe(200)
    expect(server.connectionsOpened).toBe(http2 ? 1 : 2)
  })
})
