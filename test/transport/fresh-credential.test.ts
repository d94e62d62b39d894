import { createHook } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'

import { expect, test } from 'vitest'

import { startApiServer } from '../../src/testing/api-server.ts'
import { CredentialDispatcher } from '../../src/transport/undici.ts'
import { sourceOf, targetOf, tokensOf } from './stacks.ts'

/** What happens while a function runs, and before it returns. */
interface Seen {
  /** Promises that were made. */
  readonly promises: number
  /** Headers of the requests that undici was given, names and values in turn. */
  readonly given: readonly (readonly string[])[]
}

function during(act: () => void): Seen {
  let promises = 0
  const given: (readonly string[])[] = []
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'PROMISE') promises++
    },
  })
  const created = channel('undici:request:create')
  const hear = (message: unknown): void => {
    // undici's own shape; another one fails the test.
    given.push((message as { readonly request: { readonly headers: string[] } }).request.headers)
  }
  created.subscribe(hear)
  hook.enable()
  try {
    act()
  } finally {
    hook.disable()
    created.unsubscribe(hear)
  }
  return { promises, given }
}

test('a request with a fresh credential is with undici when dispatch returns, without one promise', async () => {
  await using server = await startApiServer()
  await using source = sourceOf(tokensOf(server))
  const dispatcher = new CredentialDispatcher({
    server: targetOf(server),
    source,
    rules: { userAgent: 'test-agent', impersonation: [] },
  })
  const begin = (): Seen & { readonly status: Promise<number> } => {
    const { promise: status, resolve, reject } = Promise.withResolvers<number>()
    let statusCode = 0
    const seen = during(() => {
      dispatcher.dispatch(
        { path: '/api/v1/namespaces', method: 'GET' },
        {
          onRequestStart: () => {},
          onResponseStart: (_controller, code) => {
            statusCode = code
          },
          onResponseEnd: () => resolve(statusCode),
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
    return { ...seen, status }
  }

  // The first one waits for the credential.
  const first = begin()
  expect(first.given).toEqual([])
  expect(await first.status).toBe(200)

  const second = begin()
  expect(second.promises).toBe(0)
  expect(second.given).toEqual([expect.arrayContaining(['authorization'])])
  expect(await second.status).toBe(200)
  await dispatcher.close()
})
