import { describe, expect, test } from 'vitest'

import type { ExecConfig } from '../../src/api/exec-config.ts'
import { sourceKey, type SourceParts } from '../../src/connect/source-key.ts'
import { systemClock } from '../../src/credential/clock.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { thisHost } from '../../src/host/host.ts'

const env = { PATH: '/bin', SECRET: 'a"b' }
const exec: ExecConfig = {
  command: '/bin/plugin',
  args: ['a', 'b'],
  env: [{ name: 'X', value: '1' }],
  apiVersion: 'client.authentication.k8s.io/v1',
  installHint: '',
  provideClusterInfo: true,
  interactiveMode: 'Never',
}
const cluster = {
  server: 'https://a',
  tlsServerName: '',
  insecureSkipTlsVerify: false,
  certificateAuthorityData: Buffer.from('pem'),
  proxyUrl: '',
  disableCompression: false,
  config: { a: [1, '1', null, true] },
}
const schedule = () => ({ dueAt: 0, endsAt: 0 })

/** Equal to any other, made anew. */
const parts = (): SourceParts => ({
  exec: structuredClone(exec),
  plugin: {
    host: { ...thisHost(), env },
    cluster: {
      ...structuredClone(cluster),
      certificateAuthorityData: Buffer.from(cluster.certificateAuthorityData),
    },
    env: { Y: '2' },
    inheritEnv: ['PATH'],
    searchPath: ['/opt'],
  },
  renewal: { schedule, cooldown: { firstMs: 1, maxMs: 2 } },
})

const withExec = (change: Partial<ExecConfig>): SourceParts => ({
  ...parts(),
  exec: { ...exec, ...change },
})
const withPlugin = (change: Partial<SourceParts['plugin']>): SourceParts => ({
  ...parts(),
  plugin: { ...parts().plugin, ...change },
})
const withCluster = (change: Partial<typeof cluster>): SourceParts =>
  withPlugin({ cluster: { ...cluster, ...change } })
const withRenewal = (change: SourceParts['renewal']): SourceParts => ({
  ...parts(),
  renewal: { ...parts().renewal, ...change },
})
const withHost = (change: Partial<SourceParts['plugin']['host']>): SourceParts =>
  withPlugin({ host: { ...parts().plugin.host, ...change } })

// Compared as a truth: a failure must not print the environment.
const same = (a: SourceParts, b: SourceParts): boolean => sourceKey(a) === sourceKey(b)

describe('sourceKey', () => {
  test('is the same for what is equal', () => {
    expect(same(parts(), parts())).toBe(true)
  })

  test('is the same for the same functions', () => {
    const stderr = (): void => undefined
    const random = (): number => 0
    const clock = createFakeClock()
    const make = (): SourceParts => ({
      exec,
      plugin: { host: { ...thisHost(), env }, stderr, clock },
      renewal: { random, clock, schedule },
    })
    expect(same(make(), make())).toBe(true)
  })

  test('is the same for a default and what it stands for', () => {
    const bare: SourceParts = { exec, plugin: { host: thisHost() }, renewal: undefined }
    const full: SourceParts = {
      exec,
      plugin: {
        host: thisHost(),
        cluster: undefined,
        clock: systemClock,
        env: {},
        inheritEnv: true,
        searchPath: [],
        stderr: 'inherit',
        stdinUnavailable: false,
        stdinUnavailableMessage: '',
        maxOutputBytes: 1_048_576,
      },
      renewal: {
        clock: systemClock,
        deadlineMs: 300_000,
        aheadDeadlineMs: 60_000,
        renewAhead: 0.8,
        renewWhenIdle: false,
        cooldown: { firstMs: 1000, maxMs: 30_000 },
      },
    }
    expect(same(full, bare)).toBe(true)
  })

  const different: Readonly<Record<string, SourceParts>> = {
    command: withExec({ command: '/bin/other' }),
    'number of arguments': withExec({ args: ['a,b'] }),
    'order of arguments': withExec({ args: ['b', 'a'] }),
    'variable of the entry': withExec({ env: [{ name: 'X', value: '2' }] }),
    'no variable of the entry': withExec({ env: [] }),
    apiVersion: withExec({ apiVersion: 'client.authentication.k8s.io/v1beta1' }),
    installHint: withExec({ installHint: 'apt' }),
    provideClusterInfo: withExec({ provideClusterInfo: false }),
    interactiveMode: withExec({ interactiveMode: 'Always' }),
    'no cluster': withPlugin({ cluster: undefined }),
    'server of the cluster': withCluster({ server: 'https://b' }),
    'authority of the cluster': withCluster({ certificateAuthorityData: Buffer.from('pen') }),
    'extension of the cluster': withCluster({ config: { a: ['1', 1, null, true] } }),
    'plugin policy': withPlugin({ policy: { policyType: 'DenyAll' } }),
    'variable of the program': withPlugin({ env: { Y: '3' } }),
    inheritEnv: withPlugin({ inheritEnv: true }),
    searchPath: withPlugin({ searchPath: ['/opt', '/usr'] }),
    'stderr, dropped': withPlugin({ stderr: 'ignore' }),
    'stderr, to a function': withPlugin({ stderr: () => undefined }),
    stdinUnavailable: withPlugin({ stdinUnavailable: true }),
    stdinUnavailableMessage: withPlugin({ stdinUnavailableMessage: 'why' }),
    maxOutputBytes: withPlugin({ maxOutputBytes: 1 }),
    clock: withPlugin({ clock: createFakeClock() }),
    'another schedule that does the same': withRenewal({
      schedule: () => ({ dueAt: 0, endsAt: 0 }),
    }),
    'no schedule': withRenewal({ schedule: undefined }),
    cooldown: withRenewal({ cooldown: { firstMs: 1, maxMs: 3 } }),
    deadlineMs: withRenewal({ deadlineMs: Infinity }),
    aheadDeadlineMs: withRenewal({ aheadDeadlineMs: 1 }),
    'renewal when idle': withRenewal({ renewWhenIdle: true }),
    'renewal while in use': withRenewal({ renewWhenIdle: 'while-in-use' }),
    random: withRenewal({ random: () => 0 }),
    platform: withHost({ platform: 'aix' }),
    'working directory': withHost({ cwd: '/elsewhere' }),
    home: withHost({ home: '/elsewhere' }),
    terminal: withHost({ stdinIsTerminal: !thisHost().stdinIsTerminal }),
    'another environment of equal values': withHost({ env: { ...env } }),
  }

  test('is the same for the same share, and differs with it', () => {
    const after = (renewAhead: number | false | undefined): SourceParts => ({
      ...parts(),
      renewal: { renewAhead },
    })
    expect(same(after(0.5), after(0.5))).toBe(true)
    expect(same(after(undefined), after(0.8))).toBe(true)
    expect(same(after(0.5), after(0.8))).toBe(false)
    expect(same(after(false), after(0.8))).toBe(false)
  })

  test.each(Object.entries(different))('differs with: %s', (_name, other) => {
    expect(same(other, parts())).toBe(false)
  })

  test('differs between hosts that answer by themselves', () => {
    class Elsewhere {
      readonly env = env
      readonly #cwd: string

      constructor(cwd: string) {
        this.#cwd = cwd
      }

      get cwd(): string {
        return this.#cwd
      }

      get platform(): NodeJS.Platform {
        return 'linux'
      }

      get home(): string {
        return '/home'
      }

      get stdinIsTerminal(): boolean {
        return false
      }
    }
    const at = (cwd: string): SourceParts => withPlugin({ host: new Elsewhere(cwd) })
    expect(same(at('/a'), at('/a'))).toBe(true)
    expect(same(at('/a'), at('/b'))).toBe(false)
  })

  test('differs between any two that differ', () => {
    const keys = Object.values(different).map(sourceKey)
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('differs once a variable of the environment has another value', () => {
    const changing: Record<string, string> = { PROFILE: 'a' }
    const before = sourceKey(withHost({ env: changing }))
    changing['PROFILE'] = 'b'
    expect(sourceKey(withHost({ env: changing })) === before).toBe(false)
    changing['PROFILE'] = 'a'
    expect(sourceKey(withHost({ env: changing })) === before).toBe(true)
  })

  test('differs by the sign of a zero alone', () => {
    expect(same(withCluster({ config: { a: [-0] } }), withCluster({ config: { a: [0] } }))).toBe(
      false,
    )
  })

  test('refuses an option that cannot work', () => {
    expect(() => sourceKey(withPlugin({ maxOutputBytes: 0 }))).toThrow('"maxOutputBytes"')
    expect(() => sourceKey(withRenewal({ deadlineMs: 0 }))).toThrow('"deadlineMs"')
  })
})
