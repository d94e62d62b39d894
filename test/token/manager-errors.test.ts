import { inspect } from 'node:util'

import { beforeEach, describe, expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { subscribe } from '../../src/events/channels.ts'
import type { TokenClientAnswer } from '../../src/doors/token.ts'
import { FakeTokenServer, settled } from './fake-token-server.ts'
import { build, hour, managerStage, minute, numberOf, outcomeOf } from './manager-stage.ts'

const key =
  '"build"/"ci"/[]string(nil)/0/' +
  'v1.BoundObjectReference{Kind:"", APIVersion:"", Name:"", UID:""}/""'
const notFound = {
  statusCode: 404,
  body: JSON.stringify({
    kind: 'Status',
    reason: 'NotFound',
    message: 'serviceaccounts "build" not found',
  }),
}
const busy = (statusCode: number, retryAfter?: string): TokenClientAnswer => ({
  statusCode,
  headers: retryAfter === undefined ? {} : { 'Retry-After': retryAfter },
  body: JSON.stringify({ kind: 'Status', reason: 'Busy', message: 'later' }),
})

/** What it failed with. */
async function failureOf(promise: Promise<unknown>): Promise<KubecredError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof KubecredError) return error
  throw new Error('it did not fail as it should')
}

describe('a token that cannot be had fails in the words of the kubelet', () => {
  test('when there was none before', async () => {
    const { server, manager } = managerStage()
    server.refuses = busy(403)
    const error = await failureOf(manager.getServiceAccountToken(build))
    expect(error).toMatchObject({
      code: 'ERR_TOKEN_REQUEST',
      message: 'failed to fetch token: later',
      details: { statusCode: 403, reason: 'Busy' },
      hint: expect.stringContaining('the verb "create" on "serviceaccounts/token"'),
    })
  })

  test('of which no more is kept than people read, whatever the server sends', async () => {
    const long = 'x'.repeat(1_000_000)
    const answers = [
      { headers: { 'content-type': 'text/html' }, body: long },
      { body: JSON.stringify({ kind: 'Status', reason: long, message: long }) },
    ]
    for (const answer of answers) {
      const { server, manager } = managerStage()
      server.refuses = { statusCode: 500, ...answer }
      const { message, details } = await failureOf(manager.getServiceAccountToken(build))
      expect(message.length).toBeLessThan(4200)
      expect(details.reason?.length).toBeLessThan(4200)
    }
  })

  test('when the old one has ended', async () => {
    const { server, manager } = managerStage()
    await manager.getServiceAccountToken(build)
    server.refuses = busy(500)
    server.clock.advance(hour + 1)
    const error = await failureOf(manager.getServiceAccountToken(build))
    expect(error.message).toBe(`token ${key} expired and refresh failed: later`)
  })

  test('when the old one has ended while it was renewed ahead', async () => {
    const { server, manager } = managerStage()
    await manager.getServiceAccountToken(build)
    server.answersAtOnce = false
    server.clock.advance(0.9 * hour)
    await manager.getServiceAccountToken(build)
    await settled()
    server.clock.advance(10_000)
    await server.call(1).answer(busy(400))
    server.clock.advance(0.1 * hour)
    const asked = outcomeOf(manager.getServiceAccountToken(build))
    await settled()
    await server.call(2).answer(busy(400))
    expect(asked.value).toMatchObject({
      message: `token ${key} expired and refresh failed: later`,
    })
  })

  test('and as an event, while the old one serves', async () => {
    const { server, manager } = managerStage()
    const messages: string[] = []
    const end = subscribe('kubecred:credential:failed', ({ message }) => messages.push(message))
    await manager.getServiceAccountToken(build)
    server.refuses = busy(500)
    server.clock.advance(0.8 * hour)
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(1)
    await settled()
    end()
    expect(messages).toEqual([`couldn't update token ${key}: later`])
  })

  test('with what the client said, when no answer came', async () => {
    const { server, manager } = managerStage()
    server.answersAtOnce = false
    const asked = outcomeOf(manager.getServiceAccountToken(build))
    await settled()
    const cause = new Error('connect ECONNREFUSED')
    await server.call(0).fail(cause)
    expect(asked.value).toMatchObject({
      code: 'ERR_CONNECTION',
      message: 'failed to fetch token: connect ECONNREFUSED',
      cause: { cause },
    })
  })
})

describe('a server that knows no ServiceAccount', () => {
  let server: FakeTokenServer
  let discovery: { readonly statusCode: number; readonly body: string }

  beforeEach(() => {
    server = new FakeTokenServer()
  })

  function stage(): ReturnType<typeof managerStage> {
    const { clock } = server
    return managerStage({
      clock,
      client: async (request) => {
        await server.client(request)
        return request.path === '/api/v1' ? discovery : notFound
      },
    })
  }

  const resources = (...names: readonly string[]): typeof discovery => ({
    statusCode: 200,
    body: JSON.stringify({ resources: names.map((name) => ({ name })) }),
  })

  test('is asked once whether it has TokenRequest at all', async () => {
    const { manager } = stage()
    discovery = resources('pods', 'serviceaccounts/token')
    for (let round = 0; round < 2; round++) {
      const error = await failureOf(manager.getServiceAccountToken(build))
      expect(error.message).toBe('failed to fetch token: serviceaccounts "build" not found')
      server.clock.advance(minute)
    }
    expect(server.calls.map(({ path }) => path)).toEqual([
      '/api/v1/namespaces/ci/serviceaccounts/build/token',
      '/api/v1',
      '/api/v1/namespaces/ci/serviceaccounts/build/token',
    ])
  })

  test('is told to have none, in the words of the kubelet, if it says so', async () => {
    const { manager } = stage()
    discovery = resources('pods')
    expect((await failureOf(manager.getServiceAccountToken(build))).message).toBe(
      'failed to fetch token: the API server does not have TokenRequest endpoints enabled',
    )
    discovery = resources('serviceaccounts/token')
    server.clock.advance(minute)
    expect((await failureOf(manager.getServiceAccountToken(build))).message).toMatch(/not found$/u)
  })

  test('is asked again, when it did not tell', async () => {
    const { manager } = stage()
    for (const answer of [{ statusCode: 503, body: '' }, resources('pods')]) {
      discovery = answer
      const { message } = await failureOf(manager.getServiceAccountToken(build))
      expect(message).toMatch(answer.statusCode === 200 ? /endpoints enabled$/u : /not found$/u)
      server.clock.advance(minute)
    }
  })
})

describe('an answer that gives no token is an error that shows nothing of it', () => {
  const secret = `${plantedSecret}-reply`
  const reply = (status: object, kind = 'TokenRequest'): string => JSON.stringify({ kind, status })
  const end = '2030-01-01T01:00:00Z'

  test.each([
    ['a page', `<p>${secret}</p>`, 'the answer is no TokenRequest'],
    ['another object', reply({ token: secret }, 'Secret'), 'the answer is no TokenRequest'],
    ['no token', reply({ expirationTimestamp: end }), 'status.token is missing'],
    ['no end', reply({ token: secret }), 'status.expirationTimestamp is no time'],
    [
      'an end that is none',
      reply({ token: secret, expirationTimestamp: secret }),
      'status.expirationTimestamp is no time',
    ],
    [
      'a token with a line break',
      reply({ token: `${secret}\nX: y`, expirationTimestamp: end }),
      'net/http: invalid header field value for "Authorization"',
    ],
  ])('%s', async (_, body, words) => {
    const { server, manager } = managerStage()
    server.refuses = { statusCode: 201, body }
    const error = await failureOf(manager.getServiceAccountToken(build))
    expect(error.message).toBe(`failed to fetch token: ${words}`)
    expect(inspect(error, { depth: Infinity })).not.toContain(plantedSecret)
  })
})

describe('a token shows itself', () => {
  test('to nobody who prints it', async () => {
    const { manager } = managerStage()
    const token = await manager.getServiceAccountToken(build)
    const printed = [JSON.stringify(token), inspect(token, { depth: Infinity, showHidden: true })]
    expect(printed.join('\n')).not.toContain(plantedSecret)
    expect(token.authorization.reveal()).toBe(`Bearer ${token.token.reveal()}`)
  })
})

test('what the server warns of is told', async () => {
  const { server, manager } = managerStage()
  const events: unknown[] = []
  const end = subscribe('kubecred:token:warning', (event) => events.push(event))
  server.warnings = ['299 - "requested expiration of 7200 seconds shortened to 3600 seconds"']
  await manager.getServiceAccountToken({ ...build, expirationSeconds: 7200 })
  end()
  expect(events).toEqual([
    {
      namespace: 'ci',
      serviceAccount: 'build',
      warning: 'requested expiration of 7200 seconds shortened to 3600 seconds',
    },
  ])
})

describe('a request that can be none is the caller’s mistake', () => {
  test.each([
    [{ name: '' }, '"name" must not be empty: ""'],
    [{ namespace: '..' }, `"namespace" may not be '..': ".."`],
    [{ name: 'a/b' }, `"name" may not contain '/': "a/b"`],
    [{ name: 'a%2fb' }, `"name" may not contain '%': "a%2fb"`],
    [{ expirationSeconds: 1.5 }, '"expirationSeconds" must be a whole number from 0 up: 1.5'],
    [{ expirationSeconds: -1 }, '"expirationSeconds" must be a whole number from 0 up: -1'],
  ])('%j', async (part, message) => {
    const { server, manager } = managerStage()
    const wanted = { ...build, ...part }
    await expect(manager.getServiceAccountToken(wanted)).rejects.toThrow(new TypeError(message))
    await expect(manager.getServiceAccountToken(wanted, { bypassCache: true })).rejects.toThrow(
      new TypeError(message),
    )
    expect(() => manager.source(wanted)).toThrow(new TypeError(message))
    expect([server.calls.length, manager.size]).toEqual([0, 0])
  })
})
