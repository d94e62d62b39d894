import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { afterEach, describe, expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { subscribe, type KubecredEvents } from '../../src/doors/index.ts'
import {
  clusterObjects,
  defaultVolume,
  rootCertificates,
  TokenManager,
  VolumeKeeper,
  type ObjectReader,
  type ProjectedVolume,
  type TokenClientAnswer,
  type VolumeKeeperOptions,
} from '../../src/doors/token.ts'
import { publish } from '../../src/events/channels.ts'
import { projectedVolumeOf } from '../../src/projection/read-volume.ts'
import { difference } from '../differences.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { FakeTokenServer } from '../token/fake-token-server.ts'
import { until } from '../testing/until.ts'

const account = { namespace: 'ci', name: 'deployer' }
const onlyToken = projectedVolumeOf({
  sources: [{ serviceAccountToken: { path: 'token', audience: 'vault', expirationSeconds: 3600 } }],
})
const withConfigMap = projectedVolumeOf({
  sources: [
    { serviceAccountToken: { path: 'token' } },
    { configMap: { name: 'settings', items: [{ key: 'a', path: 'a.txt' }] } },
  ],
})

type Written = KubecredEvents['kubecred:projection:written']
type Failed = KubecredEvents['kubecred:projection:failed']

interface Stage extends AsyncDisposable {
  readonly server: FakeTokenServer
  readonly manager: TokenManager
  readonly keeper: VolumeKeeper
  readonly directory: string
  readonly written: Written[]
  readonly failed: Failed[]
  /** Text of a file, as a reader finds it. */
  read(path: string): string
  /** Lets time pass once nothing is going on: token, objects and files each wait for it. */
  pass(ms: number): Promise<void>
}

const stages: Stage[] = []

afterEach(async () => {
  await Promise.all(stages.splice(0).map((each) => each[Symbol.asyncDispose]()))
})

interface Setting extends Partial<VolumeKeeperOptions> {
  readonly checkAccountsMs?: number
}

let places = 0
const folder = temporaryFolder()

function stage({ checkAccountsMs = 0, ...options }: Setting = {}): Stage {
  const server = new FakeTokenServer()
  const { client, clock } = server
  const manager = new TokenManager({ client, clock, random: () => 0, node: 'a', checkAccountsMs })
  const directory = join(folder, `volume-${++places}`)
  mkdirSync(directory)
  const keeper = new VolumeKeeper({
    directory,
    volume: onlyToken,
    manager,
    account,
    clock,
    random: () => 0,
    lingerMs: 0,
    durable: false,
    ...options,
  })
  const [written, failed]: [Written[], Failed[]] = [[], []]
  const ends = [
    subscribe('kubecred:projection:written', (event) => {
      if (event.directory === directory) written.push(event)
    }),
    subscribe('kubecred:projection:failed', (event) => {
      if (event.directory === directory) failed.push(event)
    }),
  ]
  const made: Stage = {
    server,
    manager,
    keeper,
    directory,
    written,
    failed,
    read: (path) => readFileSync(join(directory, path), 'utf8'),
    async pass(ms) {
      await until(() => clock.heldTimers === 3)
      clock.advance(ms)
    },
    async [Symbol.asyncDispose]() {
      for (const end of ends) end()
      await keeper.close()
      await manager.close()
    },
  }
  stages.push(made)
  return made
}

/** The text of the server's token with this number, counted from 1. */
function tokenText(number: number): string {
  return `${plantedSecret}-${number}`
}

/** A reader of one ConfigMap that the test changes. */
function configMaps(): {
  readonly reader: ObjectReader
  answer: () => object | undefined
  looks: number
} {
  const held = {
    looks: 0,
    answer: (): object | undefined => ({ data: { a: 'one' } }),
    reader: {
      configMap: async () => {
        held.looks++
        return held.answer()
      },
      secret: async () => undefined,
    },
  }
  return held
}

describe('a volume that is kept', () => {
  test('has its files as soon as there is a token, and says so', async () => {
    const { keeper, server, read, written } = stage()
    expect(keeper.state).toEqual({
      writtenAt: undefined,
      changedAt: undefined,
      tokens: [],
      failures: [],
    })
    await keeper.start()
    await until(() => written.length === 1)
    expect(read('token')).toBe(tokenText(1))
    const now = server.clock.now()
    expect(written[0]).toMatchObject({ tokensEndAt: now + 3_600_000, leftovers: [] })
    expect(keeper.state).toEqual({
      writtenAt: now,
      changedAt: now,
      tokens: [{ path: 'token', audience: 'vault', expiresAt: now + 3_600_000, revoked: false }],
      failures: [],
    })
    expect(JSON.parse(server.call(0).body ?? '')).toMatchObject({
      spec: { audiences: ['vault'], expirationSeconds: 3600 },
    })
  })

  test('has a new token when the manager has renewed it, and no old one lies about', async () => {
    difference('projection-at-once')
    const { keeper, pass, read, written, directory } = stage()
    await keeper.start()
    await until(() => written.length === 1)
    await pass(3_600_000 * 0.8)
    await until(() => written.length === 2)
    expect(read('token')).toBe(tokenText(2))
    await pass(60_000)
    await until(() => readdirSync(directory).length === 3)
    expect(written).toHaveLength(2)
  })

  test('asks for no audience where the volume names none', async () => {
    const { keeper, server, read, written } = stage({ volume: defaultVolume() })
    await keeper.start()
    await until(() => written.length === 1)
    expect(JSON.parse(server.call(0).body ?? '')).toMatchObject({ spec: { audiences: null } })
    expect([read('namespace'), read('token')]).toEqual(['ci', tokenText(1)])
  })

  test('has a token of the new account at once when the old one was recreated', async () => {
    difference('projection-recreated')
    const { keeper, pass, server, read, written } = stage({ checkAccountsMs: 60_000 })
    await keeper.start()
    await until(() => written.length === 1)
    server.uids.set('ci/deployer', 'uid-2')
    await pass(60_000)
    await until(() => written.length === 2)
    expect(read('token')).toBe(tokenText(2))
  })

  test('knows its token to be worth nothing while the account is gone', async () => {
    const { keeper, pass, server, read, written, failed } = stage({ checkAccountsMs: 60_000 })
    const revoked = (): readonly boolean[] => keeper.state.tokens.map((token) => token.revoked)
    await keeper.start()
    await until(() => written.length === 1)
    expect(revoked()).toEqual([false])
    server.refuses = { statusCode: 404, body: '{"kind":"Status","message":"not found"}' }
    await pass(60_000)
    await until(() => failed.length > 0)
    expect([revoked(), read('token')]).toEqual([[true], tokenText(1)])
    server.uids.set('ci/deployer', 'uid-2')
    server.refuses = undefined
    await pass(60_000)
    await until(() => written.length === 2)
    expect([revoked(), read('token')]).toEqual([[false], tokenText(2)])
  })

  test('hears of its own account only', async () => {
    const { keeper, written } = stage()
    await keeper.start()
    await until(() => written.length === 1)
    const others = [
      { serviceAccount: 'other', previousUid: 'uid-1' },
      { serviceAccount: 'deployer', previousUid: 'uid-in-another-cluster' },
    ]
    for (const other of others) {
      publish('kubecred:token:recreated', () => {
        return { namespace: 'ci', uid: undefined, dropped: 1, ...other }
      })
    }
    expect(keeper.state.tokens).toMatchObject([{ revoked: false }])
  })

  test('has its files mended within the interval when somebody has touched them', async () => {
    const { keeper, pass, read, written, directory } = stage()
    await keeper.start()
    await until(() => written.length === 1)
    rmSync(join(directory, 'token'))
    rmSync(join(directory, '..data'))
    await pass(60_000)
    await until(() => written.length === 2)
    expect(read('token')).toBe(tokenText(1))
  })

  test('keeps the process alive while it is kept, and no longer', async () => {
    const { keeper, manager, server, written } = stage()
    await keeper.start()
    await until(() => written.length === 1)
    await until(() => server.clock.heldTimers > 0)
    await keeper.close()
    await manager.close()
    expect(server.clock.heldTimers).toBe(0)
    expect(server.clock.pendingTimers).toBe(0)
  })

  test('stays where it is when it is kept no more', async () => {
    const { keeper, server, read, written } = stage()
    await keeper.start()
    await until(() => written.length === 1)
    await keeper.close()
    await keeper.close()
    server.clock.advance(3_600_000)
    expect(read('token')).toBe(tokenText(1))
    await expect(keeper.start()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await expect(keeper.once()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  })

  test('can be closed while it waits for its first token', async () => {
    const { keeper, server, directory } = stage()
    server.answersAtOnce = false
    await keeper.start()
    await until(() => server.calls.length === 1)
    await keeper.close()
    expect(readdirSync(directory)).toEqual([])
  })
})

describe('while something fails', () => {
  const refuses = (statusCode: number, message: string): TokenClientAnswer => ({
    statusCode,
    body: JSON.stringify({ kind: 'Status', message, reason: 'Forbidden' }),
  })

  test('the first token is asked for again and again', async () => {
    const { keeper, pass, server, read, written, failed } = stage()
    server.refuses = refuses(403, 'serviceaccounts "deployer" is forbidden')
    await keeper.start()
    await until(() => failed.length === 1)
    expect(failed[0]).toMatchObject({
      part: 'token',
      errorCode: 'ERR_TOKEN_REQUEST',
      retryInMs: 1000,
      usable: false,
    })
    expect(failed[0]?.message).toContain('serviceaccounts "deployer" is forbidden')
    expect(keeper.state.failures).toMatchObject([{ part: 'token', at: server.clock.now() }])
    await pass(1000)
    await until(() => failed.length === 2)
    server.refuses = undefined
    await pass(2000)
    await until(() => written.length === 1)
    expect(read('token')).toBe(tokenText(1))
    expect(keeper.state.failures).toEqual([])
  })

  test('a server that has asked others to leave it alone for long is told of at once, and asked then', async () => {
    const { keeper, manager, pass, server, written, failed } = stage()
    server.refuses = { statusCode: 429, headers: { 'Retry-After': '400' }, body: '' }
    await expect(manager.getServiceAccountToken(account)).rejects.toThrow('too many requests')
    server.refuses = undefined
    await keeper.start()
    await until(() => failed.length === 1)
    expect(failed[0]).toMatchObject({
      part: 'token',
      errorCode: 'ERR_TOKEN_REQUEST',
      message: expect.stringContaining('the server asked to be left alone'),
      retryInMs: 400_000,
    })
    await pass(400_000)
    await until(() => written.length === 1)
    expect(server.calls).toHaveLength(2)
  })

  test('the old token stays, and why there is no new one is told', async () => {
    const { keeper, pass, server, read, written, failed } = stage()
    await keeper.start()
    await until(() => written.length === 1)
    server.refuses = refuses(503, 'not today')
    await pass(3_600_000 * 0.8)
    await until(() => failed.length === 1)
    expect(failed[0]).toMatchObject({ part: 'token', usable: true })
    expect(keeper.state.failures).toMatchObject([{ part: 'token', errorCode: 'ERR_TOKEN_REQUEST' }])
    expect(read('token')).toBe(tokenText(1))
    server.refuses = undefined
    await pass(60_000)
    await until(() => written.length === 2)
    expect(read('token')).toBe(tokenText(2))
    expect(keeper.state.failures).toEqual([])
  })

  test('a renewal that fails as the keeper starts is told as well', async () => {
    const { keeper, server, read, written, failed } = stage()
    await keeper.once()
    server.clock.advance(3_600_000 * 0.8)
    server.refuses = refuses(503, 'not today')
    await keeper.start()
    await until(() => failed.length === 1 && written.length === 1)
    expect(keeper.state.failures).toMatchObject([{ part: 'token', errorCode: 'ERR_TOKEN_REQUEST' }])
    expect(read('token')).toBe(tokenText(1))
  })

  test('a ConfigMap that has gone keeps no token from being renewed', async () => {
    difference('projection-apart')
    const maps = configMaps()
    const { keeper, pass, read, written, failed } = stage({
      volume: withConfigMap,
      objects: maps.reader,
    })
    await keeper.start()
    await until(() => written.length === 1)
    maps.answer = () => undefined
    await pass(60_000)
    await until(() => failed.length > 0)
    expect(failed[0]).toMatchObject({
      part: 'objects',
      errorCode: 'ERR_PROJECTION_SOURCE',
      message: 'configmaps "settings" not found',
      usable: true,
    })
    await pass(3_600_000 * 0.8)
    await until(() => written.length === 2)
    expect([read('token'), read('a.txt')]).toEqual([tokenText(2), 'one'])
    expect(keeper.state.failures).toMatchObject([{ part: 'objects' }])
  })

  test('so does one whose keys are no paths', async () => {
    const maps = configMaps()
    const all = projectedVolumeOf({
      sources: [{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'settings' } }],
    })
    const { keeper, pass, read, written, failed } = stage({ volume: all, objects: maps.reader })
    await keeper.start()
    await until(() => written.length === 1)
    maps.answer = () => ({ data: { '..data': 'x' } })
    await pass(60_000)
    await until(() => failed.length > 0)
    expect(failed[0]).toMatchObject({ part: 'objects', errorCode: 'ERR_PROJECTION_INVALID' })
    expect(read('a')).toBe('one')
  })

  test('a directory that is gone for a while has its files when it is back', async () => {
    const { keeper, pass, read, written, failed, directory } = stage()
    await keeper.start()
    await until(() => written.length === 1)
    renameSync(directory, `${directory}-away`)
    await pass(60_000)
    await until(() => failed.length === 1)
    expect(failed[0]).toMatchObject({ part: 'directory', errorCode: 'ERR_PROJECTION_DIRECTORY' })
    mkdirSync(directory)
    await pass(1000)
    await until(() => written.length === 2)
    expect(read('token')).toBe(tokenText(1))
    expect(keeper.state.failures).toEqual([])
  })

  test('a manager that was closed is told of, and not asked again', async () => {
    const { keeper, manager, server, written, failed } = stage()
    await keeper.start()
    await until(() => written.length === 1)
    await manager.close()
    await until(() => failed.length === 1)
    expect(failed[0]).toMatchObject({ part: 'token', errorCode: 'ERR_CLOSED', usable: true })
    server.clock.advance(3_600_000)
    expect(server.calls).toHaveLength(1)
  })
})

describe('ConfigMaps and Secrets', () => {
  test('are looked at again at the interval, and written when they have changed', async () => {
    const maps = configMaps()
    const { keeper, pass, server, read, written } = stage({
      volume: withConfigMap,
      objects: maps.reader,
      everyMs: 5000,
    })
    await keeper.start()
    await until(() => written.length === 1)
    expect(read('a.txt')).toBe('one')
    await pass(5000)
    await until(() => maps.looks === 2)
    maps.answer = () => ({ data: { a: 'two' } })
    await pass(5000)
    await until(() => written.length === 2)
    expect([read('a.txt'), read('token')]).toEqual(['two', tokenText(1)])
    expect(server.calls).toHaveLength(1)
  })

  test('come from the API server', async () => {
    const asked: string[] = []
    const answers: Record<string, object> = {
      '/api/v1/namespaces/ci/configmaps/settings': { kind: 'ConfigMap', data: { a: 'one' } },
      '/api/v1/namespaces/ci/secrets/key': { kind: 'Secret', data: { key: 'c2VjcmV0' } },
    }
    const objects = clusterObjects({
      namespace: 'ci',
      client: async ({ path }) => {
        asked.push(path)
        const found = answers[path]
        return { statusCode: found ? 200 : 404, body: JSON.stringify(found ?? { kind: 'Status' }) }
      },
    })
    const volume = projectedVolumeOf({
      sources: [
        { configMap: { name: 'settings' } },
        { secret: { name: 'key' } },
        { configMap: { name: 'none', optional: true } },
      ],
    })
    const { keeper, read } = stage({ volume, objects })
    await keeper.once()
    expect([read('a'), read('key')]).toEqual(['one', 'secret'])
    expect(asked.toSorted()).toEqual([
      '/api/v1/namespaces/ci/configmaps/none',
      '/api/v1/namespaces/ci/configmaps/settings',
      '/api/v1/namespaces/ci/secrets/key',
    ])
  })

  test.each([
    [
      { statusCode: 403, body: '{"kind":"Status","message":"no","reason":"Forbidden"}' },
      { message: 'no', hint: 'it takes the verb "get" on secrets', details: { statusCode: 403 } },
    ],
    [{ statusCode: 200, body: '<html>' }, { message: 'secrets "key": the answer is no Secret' }],
    [
      { statusCode: 200, body: '{"ok":true}' },
      { message: 'secrets "key": the answer is no Secret' },
    ],
    [{ statusCode: 404, body: '<html>' }, { details: { statusCode: 404 } }],
    [{ statusCode: 500, body: '' }, { details: { statusCode: 500 } }],
    [
      { statusCode: 403, body: 'secret' },
      { message: 'unknown', details: { statusCode: 403 } },
    ],
    [
      { statusCode: 429, headers: { 'Retry-After': '90' }, body: '' },
      { details: { statusCode: 429, retryAfterMs: 90_000 } },
    ],
  ])('that cannot be had (%j) are an error of their own', async (answer, error) => {
    const objects = clusterObjects({ namespace: 'ci', client: async () => answer })
    const volume = projectedVolumeOf({ sources: [{ secret: { name: 'key' } }] })
    const { keeper } = stage({ volume, objects })
    await expect(keeper.once()).rejects.toMatchObject({ code: 'ERR_PROJECTION_SOURCE', ...error })
  })

  test('that the program has already need no server', async () => {
    const pem = Buffer.from('certificates')
    const objects: ObjectReader = {
      configMap: async () => rootCertificates(pem),
      secret: async () => undefined,
    }
    const { keeper, read } = stage({ volume: defaultVolume(), objects })
    await keeper.once()
    expect(read('ca.crt')).toBe('certificates')
  })
})

describe('once', () => {
  test('writes the files, tells so, and holds nothing alive', async () => {
    const { keeper, server, read, written } = stage()
    expect(await keeper.once()).toMatchObject({ changed: true })
    expect(read('token')).toBe(tokenText(1))
    expect([written.length, server.clock.heldTimers]).toEqual([1, 0])
    expect(await keeper.once()).toMatchObject({ changed: false })
  })

  test.each<[string, (directory: string) => void, RegExp]>([
    ['is missing', (at) => rmSync(at, { recursive: true }), /no such file or directory$/u],
    [
      'is a file',
      (at) => {
        rmSync(at, { recursive: true })
        writeFileSync(at, '')
      },
      /not a directory$/u,
    ],
    ['has a file in the place of a link', (at) => writeFileSync(join(at, 'token'), ''), /no link/u],
  ])('fails when the directory %s', async (_, spoil, words) => {
    const { keeper, directory } = stage()
    spoil(directory)
    await expect(keeper.once()).rejects.toMatchObject({
      code: 'ERR_PROJECTION_DIRECTORY',
      message: expect.stringMatching(words),
    })
  })

  test('fails as the server does, and with the reason of its signal', async () => {
    const { keeper, server } = stage()
    server.refuses = { statusCode: 404, body: '{"kind":"Status","message":"no such account"}' }
    await expect(keeper.once()).rejects.toMatchObject({ message: /no such account/u })
    const reason = new Error('enough')
    await expect(keeper.once({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('a keeper', () => {
  test('gives tokens to a group as the kubelet does', async () => {
    const { keeper, directory } = stage({ fsGroup: process.getgid?.() ?? 0 })
    await keeper.once()
    expect(statSync(join(directory, 'token')).mode & 0o777).toBe(0o640)
  })

  test('cannot be made for objects without a reader, or fields that nobody knows', () => {
    expect(() => stage({ volume: withConfigMap })).toThrow(
      '"objects" must be given: the volume has a configMap in it',
    )
    const fields = (fieldPath: string): ProjectedVolume =>
      projectedVolumeOf({
        sources: [{ downwardAPI: { items: [{ path: 'x', fieldRef: { fieldPath } }] } }],
      })
    expect(() => stage({ volume: fields('metadata.uid') })).toThrow(
      'metadata.uid is not known outside a pod',
    )
    expect(() => stage({ volume: fields('metadata.uid'), facts: { uid: 'u' } })).not.toThrow()
    expect(() => stage({ everyMs: 0 })).toThrow('"everyMs"')
  })
})
