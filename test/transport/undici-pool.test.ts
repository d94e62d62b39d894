import { AsyncLocalStorage } from 'node:async_hooks'
import { spawn } from 'node:child_process'
import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { Client, type Dispatcher } from 'undici'
import * as undici from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { connect } from '../../src/doors/undici.ts'
import {
  createCertificateAuthority,
  createFakeClock,
  startApiServer,
  writeKubeconfig,
  type ApiServerOptions,
  type FakeApiServer,
  type FakeClock,
} from '../../src/doors/testing.ts'
import { subscribe } from '../../src/events/channels.ts'
import type { ServerTarget } from '../../src/transport/server.ts'
import { UndiciCluster } from '../../src/transport/undici-cluster.ts'
import { ConnectionPool } from '../../src/transport/undici-pool.ts'
import type { PatientHandler } from '../../src/transport/undici-waiting-request.ts'
import type { UndiciOptions } from '../../src/transport/undici.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { certificatesOf, ScriptedProvider, sourceOf, targetOf } from './stacks.ts'

// This export came with undici 8.
const isUndici8 = 'Dispatcher1Wrapper' in undici

const folder = temporaryFolder()
const authority = createCertificateAuthority()
const token = 'KUBECRED-PLANTED-SECRET-token'
const look = 20

let server: FakeApiServer
let clock: FakeClock

beforeEach(async () => {
  server = await startServer()
  clock = createFakeClock()
})

afterEach(async () => {
  await until(() => server.openConnections === 0)
  await server.close()
})

/** A server that knows {@link token}, also when it comes back after having gone. */
function startServer(options: ApiServerOptions = {}): Promise<FakeApiServer> {
  const tokens = { [token]: { user: 'alice' } }
  return startApiServer({ certificateAuthority: authority, tokens, ...options })
}

/** Has the server keep its answers back until they are released, oldest first. */
function holdAnswers(): { release(count: number): void; end(): void } {
  const answers: (() => void)[] = []
  const end = server.intercept((_request, respond) => {
    answers.push(() => respond.reply({ statusCode: 200, body: 'at last' }))
    return true
  })
  return {
    release: (count) => {
      for (const answer of answers.splice(0, count)) answer()
    },
    end: () => {
      end()
      for (const answer of answers.splice(0)) answer()
    },
  }
}

/** A caller of the pool, who notes how its request ended. */
class Caller implements PatientHandler {
  readonly ends: (number | Error)[] = []
  gaveUp = false
  #statusCode = 0

  get over(): boolean {
    return this.gaveUp || this.ends.length > 0
  }

  onRequestStart(): void {}

  onResponseStart(_controller: unknown, statusCode: number): void {
    this.#statusCode = statusCode
  }

  onResponseData(): void {}

  onResponseEnd(): void {
    this.ends.push(this.#statusCode)
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.ends.push(error)
  }
}

class PoolWorld implements AsyncDisposable {
  readonly pool: ConnectionPool
  readonly callers: Caller[] = []
  opened = 0

  constructor(options: { readonly connections?: number; readonly keepAliveTimeout?: number } = {}) {
    const { connections = 256, keepAliveTimeout = 60_000 } = options
    this.pool = new ConnectionPool({
      open: () => {
        this.opened++
        const ca = server.certificateAuthorityPem
        return new Client(server.url, { connect: { ca }, allowH2: false, keepAliveTimeout })
      },
      connections,
      patienceMs: 30_000,
      clock,
    })
  }

  ask(count = 1, options: Partial<Dispatcher.DispatchOptions> = {}): readonly Caller[] {
    const asked = Array.from({ length: count }, () => {
      const caller = new Caller()
      this.pool.dispatch({ path: '/version', method: 'GET', ...options }, caller)
      return caller
    })
    this.callers.push(...asked)
    return asked
  }

  /** Asks, one after the other, and gives the numbers of the connections that were used. */
  async askInTurn(count: number): Promise<readonly number[]> {
    const before = server.requests.length
    for (let index = 0; index < count; index++) {
      const [caller] = this.ask()
      await until(() => caller?.over === true)
    }
    return server.requests.slice(before).map(({ connectionId }) => connectionId)
  }

  /** What became of every request: one end each. */
  get ends(): readonly (readonly (number | Error)[])[] {
    return this.callers.map(({ ends }) => ends)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.destroy(new Error('the test is over'))
  }
}

function clusterOf(
  options: UndiciOptions = {},
  { target = {}, provider = ofToken() }: ClusterParts = {},
): UndiciCluster {
  return new UndiciCluster(
    {
      server: targetOf(server, target),
      source: sourceOf(provider),
      namespace: 'default',
      rules: { userAgent: 'test-agent', impersonation: [] },
    },
    options,
  )
}

interface ClusterParts {
  readonly target?: Partial<ServerTarget>
  readonly provider?: ScriptedProvider
}

const ofToken = (): ScriptedProvider => new ScriptedProvider(() => createCredential({ token }))

/** Status of the answer, or what the request failed with. */
async function outcome(asked: Promise<Dispatcher.ResponseData>): Promise<unknown> {
  try {
    const { statusCode, body } = await asked
    await body.text()
    return statusCode
  } catch (error) {
    return error
  }
}

function askAll(cluster: UndiciCluster, count: number): Promise<readonly unknown[]> {
  return Promise.all(Array.from({ length: count }, () => outcome(cluster.request('/version'))))
}

const served = (count: number): Promise<void> => until(() => server.requests.length === count)

describe('the pool opens', () => {
  test('a connection for each request that finds none free, up to 16', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld()
    const counts: number[] = []
    for (let asked = 0; asked < 40; asked++) {
      world.ask()
      counts.push(world.opened)
    }
    expect(counts).toEqual(Array.from({ length: 40 }, (_, index) => Math.min(index + 1, 16)))
    await served(16)
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
    expect(world.ends).toEqual(Array.from({ length: 40 }, () => [200]))
    expect([world.opened, server.connectionsOpened]).toEqual([16, 16])
  })

  test('no more as long as these get through the work', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld()
    world.ask(32)
    for (let round = 1; round <= 6; round++) {
      await served(16 * round)
      answers.release(16)
      await served(16 * (round + 1))
      // As many as still stand in the line were taken off it since the last look.
      world.ask(16)
      clock.advance(look)
    }
    expect(world.opened).toBe(16)
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
    expect(world.opened).toBe(16)
  })

  test('no more for a line that is too long at every other look only', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld()
    world.ask(32)
    let seen = 16
    for (let round = 0; round < 4; round++) {
      await served(seen)
      // Nothing was taken off the line of 16 since the last look.
      clock.advance(look)
      answers.release(16)
      seen += 16
      await served(seen)
      world.ask(16)
      clock.advance(look)
    }
    expect(world.opened).toBe(16)
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
  })

  test('16 more at a time for a server that is slow, up to the limit', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld({ connections: 40 })
    world.ask(100)
    const counts = Array.from({ length: 8 }, () => {
      clock.advance(look)
      return world.opened
    })
    expect(counts).toEqual([16, 32, 40, 40, 40, 40, 40, 40])
    await served(40)
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
    expect(world.ends).toEqual(Array.from({ length: 100 }, () => [200]))
    expect(server.connectionsOpened).toBe(40)
  })

  test('no more than there are requests in the line', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld()
    world.ask(19)
    clock.advance(10 * look)
    expect(world.opened).toBe(19)
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
  })

  test('fewer than 16 when that is the limit', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld({ connections: 3 })
    world.ask(30)
    clock.advance(10 * look)
    await served(3)
    expect(world.opened).toBe(3)
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
  })

  test.each([
    ['`connections` of them', 24, 24],
    ['256 if nobody says', undefined, 256],
  ])('for a slow server, in real time, no more than %s', async (_what, connections, most) => {
    const answers = holdAnswers()
    await writeKubeconfig(join(folder, 'config'), server.kubeconfig())
    await using cluster = await connect({ kubeconfig: join(folder, 'config'), connections })
    const asked = askAll(cluster, most + 10)
    await served(most)
    await new Promise((resolve) => setTimeout(resolve, 10 * look))
    expect(server.connectionsOpened).toBe(most)
    answers.end()
    expect(await asked).toEqual(Array.from({ length: most + 10 }, () => 200))
  })
})

describe('of the connections', () => {
  test('the one used last is used first', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld()
    for (let count = 1; count <= 3; count++) {
      world.ask()
      await served(count)
    }
    for (let index = 0; index < 3; index++) {
      answers.release(1)
      await until(() => world.callers[index]?.over === true)
    }
    answers.end()
    expect(await world.askInTurn(5)).toEqual([3, 3, 3, 3, 3])
    expect(world.opened).toBe(3)
  })

  test('those not needed fall idle and close, and others can be opened in their place', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld({ connections: 8, keepAliveTimeout: 500 })
    world.ask(8)
    await served(8)
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
    let used: readonly number[] = []
    await until(async () => {
      used = [...used, ...(await world.askInTurn(1))]
      return server.openConnections === 1
    })
    expect(new Set(used).size).toBe(1)
    const again = holdAnswers()
    const before = server.requests.length
    world.ask(8)
    await served(before + 8)
    again.end()
    await until(() => world.callers.every(({ over }) => over))
    expect(world.opened).toBe(15)
  })
})

describe('a request that waits', () => {
  test('is sent in its turn', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld({ connections: 1 })
    const paths = Array.from({ length: 200 }, (_, index) => `/in-turn-${index}`)
    for (const path of paths) world.ask(1, { path })
    await served(1)
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
    expect(server.requests.map(({ path }) => path)).toEqual(paths)
  })

  test('is told at once of its abort, and never sent', async () => {
    await using cluster = clusterOf({ connections: 1 })
    const answers = holdAnswers()
    const first = outcome(cluster.request('/first'))
    await served(1)
    const controller = new AbortController()
    const [aborted, last] = [
      outcome(cluster.request('/aborted', { signal: controller.signal })),
      outcome(cluster.request('/version')),
    ]
    const reason = new Error('changed my mind')
    controller.abort(reason)
    expect(await aborted).toBe(reason)
    answers.end()
    expect(await Promise.all([first, last])).toEqual([200, 200])
    expect(server.requests.map(({ path }) => path)).toEqual(['/first', '/version'])
  })

  test('and is aborted, does not keep the connections of its certificate open', async () => {
    const certificates = certificatesOf(server)
    await using cluster = clusterOf({ connections: 1 }, { provider: certificates })
    const answers = holdAnswers()
    const first = outcome(cluster.request('/first'))
    await served(1)
    const controller = new AbortController()
    const aborted = outcome(cluster.request('/aborted', { signal: controller.signal }))
    controller.abort(new Error('changed my mind'))
    await aborted
    answers.end()
    await first
    const draining: number[] = []
    const stop = subscribe('kubecred:transport:rotation', (event) => draining.push(event.draining))
    await cluster.source.renew()
    await outcome(cluster.request('/version'))
    stop()
    expect(draining).toEqual([0])
    await until(() => server.openConnections === 1)
  })

  test('fails when it has waited too long, the oldest first', async () => {
    await using cluster = clusterOf({ connections: 2, clock })
    const answers = holdAnswers()
    const first = askAll(cluster, 2)
    await served(2)
    const early = outcome(cluster.request('/early'))
    clock.advance(10_000)
    const late = outcome(cluster.request('/version'))
    clock.advance(20_000)
    expect(await early).toMatchObject({
      name: 'KubecredError',
      code: 'ERR_TIMEOUT',
      message: 'no connection to the server became free in 30 s; it may have 2',
      hint: expect.stringContaining('`connections` sets how many there are'),
    })
    answers.end()
    expect([await late, ...(await first)]).toEqual([200, 200, 200])
    expect(server.requests.map(({ path }) => path)).not.toContain('/early')
  })

  test('waits as long as a new connection may take', async () => {
    await using cluster = clusterOf({ connections: 1, connectTimeoutMs: 1500, clock })
    const answers = holdAnswers()
    const first = askAll(cluster, 1)
    await served(1)
    const second = outcome(cluster.request('/version'))
    clock.advance(1499)
    expect(clock.heldTimers).toBe(1)
    clock.advance(look)
    expect(await second).toMatchObject({ message: expect.stringContaining('free in 1.5 s') })
    answers.end()
    await first
  })

  test('waits on when the clock is corrected', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld({ connections: 1 })
    world.ask(2)
    clock.set(clock.now() + 3_600_000)
    clock.advance(look)
    const waits = world.callers.map(({ ends }) => ends)
    answers.end()
    expect(waits).toEqual([[], []])
  })

  test('keeps the process alive, and nothing does when the line is empty', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld({ connections: 1 })
    world.ask()
    expect(clock.pendingTimers).toBe(0)
    world.ask(3)
    expect([clock.pendingTimers, clock.heldTimers]).toEqual([1, 1])
    await served(1)
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
    clock.advance(look)
    expect(clock.pendingTimers).toBe(0)
  })

  test('goes on in the context of its caller', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld({ connections: 1 })
    const store = new AsyncLocalStorage<string>()
    const created: (readonly [path: string, caller: string | undefined])[] = []
    const note = (message: unknown): void => {
      const { request } = message as { request: { path: string } }
      created.push([request.path, store.getStore()])
    }
    channel('undici:request:create').subscribe(note)
    for (let index = 0; index < 5; index++) {
      store.run(`caller ${index}`, () => world.ask(1, { path: `/of-${index}` }))
    }
    await served(1)
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
    channel('undici:request:create').unsubscribe(note)
    expect(created).toEqual(
      Array.from({ length: 5 }, (_, index) => [`/of-${index}`, `caller ${index}`]),
    )
  })

  test('goes on in the context of its caller when more connections are opened', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld()
    const store = new AsyncLocalStorage<number>()
    const created = new Map<string, number | undefined>()
    const note = (message: unknown): void => {
      const { request } = message as { request: { path: string } }
      created.set(request.path, store.getStore())
    }
    channel('undici:request:create').subscribe(note)
    for (let index = 0; index < 30; index++) {
      store.run(index, () => world.ask(1, { path: `/of-${index}` }))
    }
    clock.advance(2 * look)
    channel('undici:request:create').unsubscribe(note)
    expect(created).toEqual(
      new Map(Array.from({ length: 30 }, (_, index) => [`/of-${index}`, index])),
    )
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
  })
})

describe('a request that undici refuses', () => {
  const refused: readonly (readonly [string, Partial<Dispatcher.DispatchOptions>])[] = [
    ['a bad header', { headers: { 'x-bad': 'a\nb' } }],
    ['a bad header name', { headers: { 'x bad': 'a' } }],
    ['a bad path', { path: 'no/slash' }],
    ['a path with a space', { path: '/a b' }],
    ['a body of another length', { method: 'POST', headers: { 'content-length': '9' }, body: 'x' }],
  ]

  test.each(refused)('for %s costs the pool no connection', async (_what, options) => {
    await using world = new PoolWorld({ connections: 4 })
    for (let count = 0; count < 10; count++) {
      const asked = world.ask(1, options)
      await until(() => asked.every(({ over }) => over))
    }
    const asked = world.ask(20)
    await until(() => asked.every(({ over }) => over))
    expect(asked.map(({ ends }) => ends)).toEqual(Array.from({ length: 20 }, () => [200]))
    for (let count = 0; count < 10; count++) world.ask(1, options)
    const again = world.ask(20)
    await until(() => world.callers.every(({ over }) => over))
    expect(again.map(({ ends }) => ends)).toEqual(Array.from({ length: 20 }, () => [200]))
    expect(world.ends.filter(([end]) => end instanceof Error)).toHaveLength(20)
    expect(world.ends.every(({ length }) => length === 1)).toBe(true)
  })

  test.each(refused)('for %s, in the line, holds nobody up', async (_what, options) => {
    const answers = holdAnswers()
    await using world = new PoolWorld({ connections: 2 })
    world.ask(2)
    const bad = world.ask(50, options)
    const good = world.ask(4)
    await served(2)
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
    expect(bad.map(({ ends }) => ends)).toEqual(
      Array.from({ length: 50 }, () => [expect.any(Error)]),
    )
    expect(good.map(({ ends }) => ends)).toEqual(Array.from({ length: 4 }, () => [200]))
  })

  test('leaves no second request on a connection that is busy', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld({ connections: 2 })
    world.ask(2)
    await served(2)
    answers.release(2)
    await until(() => world.callers.every(({ over }) => over))
    world.ask(1, { method: 'POST', headers: { 'content-length': '9' }, body: 'x' })
    world.ask(1, { path: '/slow' })
    await served(3)
    world.ask(1, { path: '/quick' })
    await served(4)
    expect(new Set(server.requests.slice(2).map(({ connectionId }) => connectionId)).size).toBe(2)
    answers.end()
    await until(() => world.callers.every(({ over }) => over))
  })

  test('in the line, is not begun within another', async () => {
    const answers = holdAnswers()
    await using world = new PoolWorld({ connections: 1 })
    world.ask(1)
    const depths: number[] = []
    for (let count = 0; count < 20; count++) {
      world.pool.dispatch({ path: 'no/slash', method: 'GET' }, new DepthGauge(depths))
    }
    await served(1)
    answers.end()
    await until(() => depths.length === 20)
    expect(depths.at(-1)).toBe(depths[1])
  })
})

/** Notes how deep in calls it is told of an error. */
class DepthGauge extends Caller {
  readonly #depths: number[]

  constructor(depths: number[]) {
    super()
    this.#depths = depths
  }

  override onResponseError(controller: unknown, error: Error): void {
    super.onResponseError(controller, error)
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = Infinity
    this.#depths.push(new Error('here').stack?.split('\n').length ?? 0)
    Error.stackTraceLimit = stackTraceLimit
  }
}

describe('the pool goes on', () => {
  const allWell = (count: number): readonly number[] => Array.from({ length: count }, () => 200)

  test('when the server closes connections that are idle', async () => {
    await using cluster = clusterOf({ connections: 4 })
    let gone = 0
    cluster.dispatcher.on('disconnect', () => gone++)
    for (let round = 1; round <= 5; round++) {
      expect(await askAll(cluster, 12)).toEqual(allWell(12))
      await server.closeConnections()
      await until(() => gone === 4 * round)
    }
    expect(server.connectionsOpened).toBe(20)
  })

  test('when answers close their connections, and serves those that wait', async () => {
    await using cluster = clusterOf({ connections: 3 })
    const stop = server.intercept((_request, respond) => {
      respond.reply({ statusCode: 200, body: 'good bye', close: true })
      return true
    })
    expect(await askAll(cluster, 30)).toEqual(allWell(30))
    stop()
    await until(() => server.openConnections === 0)
    expect(new Set(server.requests.map(({ connectionId }) => connectionId)).size).toBe(30)
    expect(await askAll(cluster, 30)).toEqual(allWell(30))
  })

  test('after requests without a body in the answer, after which undici closes', async () => {
    await using world = new PoolWorld({ connections: 2 })
    world.ask(20, { method: 'HEAD' })
    await until(() => world.callers.every(({ over }) => over))
    world.ask(20)
    await until(() => world.callers.every(({ over }) => over))
    expect(world.ends).toEqual(Array.from({ length: 40 }, () => [200]))
  })

  test('when connections break in the middle of answers', async () => {
    await using cluster = clusterOf({ connections: 3 })
    const stop = server.intercept((_request, respond) => {
      respond.begin({ statusCode: 200 }).write('half', () => respond.dropConnection('reset'))
      return true
    })
    const broken = await askAll(cluster, 12)
    stop()
    expect(broken).toEqual(Array.from({ length: 12 }, () => expect.any(Error)))
    expect(await askAll(cluster, 12)).toEqual(allWell(12))
  })

  test('when requests are aborted, wherever they stand', async () => {
    await using cluster = clusterOf({ connections: 3 })
    for (let turns = 0; turns < 12; turns++) {
      const controller = new AbortController()
      const asked = Array.from({ length: 9 }, () =>
        outcome(cluster.request('/version', { signal: controller.signal })),
      )
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
      controller.abort(new Error('enough'))
      const outcomes = await Promise.all(asked)
      expect(outcomes.filter((each) => each !== 200 && !(each instanceof Error))).toEqual([])
    }
    expect(await askAll(cluster, 12)).toEqual(allWell(12))
  })

  test('when nobody listened at first', async () => {
    const { port } = server
    await server.close()
    await using world = new PoolWorld({ connections: 3 })
    world.ask(20)
    await until(() => world.callers.every(({ over }) => over))
    expect(world.ends).toEqual(
      Array.from({ length: 20 }, () => [expect.objectContaining({ code: 'ECONNREFUSED' })]),
    )
    server = await startServer({ port })
    const good = world.ask(20)
    await until(() => world.callers.every(({ over }) => over))
    expect(good.map(({ ends }) => ends)).toEqual(Array.from({ length: 20 }, () => [200]))
  })

  test('when the server had a certificate of another authority at first', async () => {
    const { port } = server
    await server.close()
    server = await startServer({ port, certificateAuthority: createCertificateAuthority() })
    const target = { certificateAuthorityPem: authority.certificatePem }
    await using cluster = clusterOf({ connections: 3 }, { target })
    const untrusted = {
      code: expect.stringMatching(/SELF_SIGNED_CERT|UNABLE_TO_VERIFY/u) as string,
    }
    expect(await askAll(cluster, 20)).toEqual(
      Array.from({ length: 20 }, () => expect.objectContaining(untrusted)),
    )
    await server.close()
    server = await startServer({ port })
    expect(await askAll(cluster, 20)).toEqual(allWell(20))
  })

  test('when the server had a certificate of another name at first', async () => {
    const { port } = server
    const target = { tlsServerName: 'named' }
    await using cluster = clusterOf({ connections: 1, clock }, { target })
    for (let count = 0; count < 3; count++) {
      const asked = outcome(cluster.request('/version'))
      // It does not stand in the line.
      expect(clock.pendingTimers).toBe(0)
      expect(await asked).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    }
    await server.close()
    server = await startServer({ port, dnsNames: ['named'] })
    expect(await askAll(cluster, 20)).toEqual(allWell(20))
  })

  test('when a handler throws what it likes', async () => {
    await using world = new PoolWorld({ connections: 2 })
    for (let count = 0; count < 2; count++) {
      try {
        world.pool.dispatch({ path: 'no/slash', method: 'GET' }, new Thrower())
      } catch {
        // Whether undici hands it on to the caller is not the point.
      }
    }
    world.ask(2)
    // Neither of them stands in the line.
    expect(clock.pendingTimers).toBe(0)
  })
})

class Thrower extends Caller {
  override onResponseError(controller: unknown, error: Error): void {
    super.onResponseError(controller, error)
    throw new Error('thrown by the handler')
  }
}

describe('in the end', () => {
  test('destroy fails each request once, those that wait as well', async () => {
    const answers = holdAnswers()
    const world = new PoolWorld({ connections: 3 })
    world.ask(20)
    await served(3)
    const error = new Error('the end')
    const [, , , fourth] = world.callers
    if (fourth !== undefined) fourth.gaveUp = true
    await world.pool.destroy(error)
    expect(world.ends).toEqual(
      Array.from({ length: 20 }, (_, index) => (index === 3 ? [] : [error])),
    )
    await until(() => server.openConnections === 0)
    answers.end()
    clock.advance(60_000)
    expect(clock.pendingTimers).toBe(0)
    expect(world.ends.every(({ length }) => length <= 1)).toBe(true)
  })

  test('so does closing the cluster, with its own error', async () => {
    const answers = holdAnswers()
    const cluster = clusterOf({ connections: 3, clock })
    const handlers = Array.from({ length: 20 }, () => new Caller())
    for (const handler of handlers) {
      cluster.dispatcher.dispatch({ path: '/version', method: 'GET' }, handler)
    }
    await served(3)
    await cluster.close()
    expect(handlers.map(({ ends }) => ends)).toEqual(
      Array.from({ length: 20 }, () => [expect.objectContaining({ code: 'ERR_CLOSED' })]),
    )
    expect(clock.pendingTimers).toBe(0)
    answers.end()
  })

  test('close waits for what is under way', async () => {
    const answers = holdAnswers()
    const world = new PoolWorld()
    world.ask(3)
    await served(3)
    const closed = world.pool.close()
    answers.end()
    await closed
    expect(world.ends).toEqual([[200], [200], [200]])
    await until(() => server.openConnections === 0)
  })

  test('a process ends although its pool has idle connections', async () => {
    const config = join(folder, 'config')
    await writeKubeconfig(config, server.kubeconfig({ user: { token: server.issueToken().token } }))
    const child = spawn(process.execPath, ['--input-type=module', '--eval', idleProgram, config], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    })
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    const [code] = (await once(child, 'close')) as [number | null]
    expect([code, out]).toEqual([0, `${undiciName}: 200,200,200,200\n`])
  })
})

const undiciName = isUndici8 ? 'undici' : 'undici7'
const door = fileURLToPath(new URL('../../src/doors/undici.ts', import.meta.url))

// Nothing in it closes the cluster, or ends the process.
const idleProgram = `
import { registerHooks } from 'node:module'
registerHooks({
  resolve: (name, context, next) => next(name === 'undici' ? '${undiciName}' : name, context),
})
const { connect } = await import(${JSON.stringify(door)})
const cluster = await connect({ kubeconfig: process.argv[1] })
const asked = Array.from({ length: 4 }, async () => {
  const { statusCode, body } = await cluster.request('/version')
  await body.dump()
  return statusCode
})
process.stdout.write('${undiciName}: ' + (await Promise.all(asked)) + '\\n')
`
