import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, describe, expect, test } from 'vitest'

import { renewalOf } from '../../src/cli/token-credential.ts'
import type { JsonObject } from '../../src/doors/index.ts'
import { besideKubectl, hasKubectl, kubectl } from '../kubeconfig/kubectl.ts'
import { runCli } from './fake-terminal.ts'
import { builtProgram } from './kubecred-process.ts'
import { liveCluster } from './live-cluster.ts'
import { serveTokens, type TokenRoutes } from './token-routes.ts'

const cluster = liveCluster()

let stop: (() => void) | undefined
afterEach(() => {
  stop?.()
  stop = undefined
})

/** Tokens that the server knows as the ServiceAccount's. */
function routes(options: TokenRoutes = {}): ReturnType<typeof serveTokens>['asked'] {
  const served = serveTokens(cluster.server, {
    token: ({ namespace, name }) =>
      cluster.server.issueToken({ user: `system:serviceaccount:${namespace}:${name}` }).token,
    ...options,
  })
  stop = served.stop
  return served.asked
}

/** A user of a kubeconfig who is a ServiceAccount, by what this kubeconfig gives. */
function actingBy(kubeconfig: string, ...more: readonly string[]): JsonObject {
  const line = ['token', 'credential', 'deployer', '-n', 'ci', '--kubeconfig', kubeconfig, ...more]
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: [builtProgram, ...line],
      interactiveMode: 'Never',
    },
  }
}

const credential = (env?: Readonly<Record<string, string>>): ReturnType<typeof runCli> =>
  runCli(
    ['token', 'credential', 'deployer', '-n', 'ci', '--kubeconfig', cluster.withToken],
    env && { env },
  )

describe('an ExecCredential is printed', () => {
  test('with a token of the ServiceAccount, and when to renew it', async () => {
    const asked = routes({ token: () => 'KUBECRED-PLANTED-SECRET-of-deployer' })
    const before = Date.now()
    const { exitCode, stdout, stderr } = await credential()
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const printed = JSON.parse(stdout) as { status: { expirationTimestamp: string } }
    expect(printed).toEqual({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: { interactive: false },
      status: {
        token: 'KUBECRED-PLANTED-SECRET-of-deployer',
        expirationTimestamp: expect.any(String) as unknown,
      },
    })
    const renewal = Date.parse(printed.status.expirationTimestamp) - before
    expect(renewal).toBeGreaterThan(0.8 * 3_600_000 - 1000)
    expect(renewal).toBeLessThan(3_600_000)
    expect(asked).toMatchObject([{ namespace: 'ci', name: 'deployer' }])
  })

  test.each(['v1', 'v1beta1', 'v1alpha1'])('in the version %s, when asked for', async (version) => {
    routes()
    const apiVersion = `client.authentication.k8s.io/${version}`
    const KUBERNETES_EXEC_INFO = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: {} })
    const { stdout } = await credential({ KUBERNETES_EXEC_INFO })
    expect(JSON.parse(stdout)).toMatchObject({ apiVersion })
  })
})

describe('the time to renew it', () => {
  const askedAt = Date.UTC(2026, 0, 1)
  const answered = (expiresAt: number, expirationSeconds?: number): number =>
    renewalOf({
      askedAt,
      answer: {
        kind: 'TokenRequest',
        spec: { expirationSeconds },
        status: { token: 't', expirationTimestamp: new Date(expiresAt).toISOString() },
      },
    })
  const minute = 60_000

  test('is four fifths of the life that the server gave', () => {
    expect(answered(askedAt + 60 * minute, 3600) - askedAt).toBe(48 * minute)
    expect(answered(askedAt + 10 * minute, 600) - askedAt).toBe(8 * minute)
  })

  test('is a day at the most', () => {
    expect(answered(askedAt + 10_000 * minute, 600_000) - askedAt).toBe(24 * 60 * minute)
  })

  test.each([-120, 120])(
    'is by this clock, though that of the server is %i minutes off',
    (minutes) => {
      expect(answered(askedAt + (60 + minutes) * minute, 3600) - askedAt).toBe(48 * minute)
    },
  )

  test('is by the end of the token, where the server does not say how long it lasts', () => {
    expect(answered(askedAt + 60 * minute) - askedAt).toBe(48 * minute)
    expect(answered(askedAt - minute)).toBe(askedAt)
  })

  test('is an error where the server says no time', () => {
    const answer = { kind: 'TokenRequest', status: { token: 't' } }
    expect(() => renewalOf({ askedAt, answer })).toThrow(
      'failed to create token: status.expirationTimestamp is no time',
    )
  })
})

describe.skipIf(!hasKubectl)(besideKubectl('kubectl acts as the ServiceAccount'), () => {
  test('by a kubeconfig whose user is this command', async () => {
    const asked = routes()
    const path = await cluster.kubeconfig('account', actingBy(cluster.withToken))
    const who = await kubectl(['auth', 'whoami', '-o', 'json', '--kubeconfig', path])
    expect(who).toMatchObject({ ok: true, stderr: '' })
    expect(JSON.parse(who.stdout)).toMatchObject({
      status: { userInfo: { username: 'system:serviceaccount:ci:deployer' } },
    })
    expect(asked).toMatchObject([{ user: 'alice' }])
  })

  test('by another context of its own kubeconfig', async () => {
    routes()
    const path = join(cluster.folder, 'both')
    const user = actingBy(path, '--user=admin')
    await cluster.kubeconfig('both', user)
    const both = JSON.parse(await readFile(path, 'utf8')) as { users: object[] }
    const token = 'KUBECRED-PLANTED-SECRET-token'
    const users = [...both.users, { name: 'admin', user: { token } }]
    await writeFile(path, JSON.stringify({ ...both, users }))
    const who = await kubectl(['auth', 'whoami', '--kubeconfig', path])
    expect(who.stdout).toContain('system:serviceaccount:ci:deployer')
  })

  test.each([
    ['directly', ['first']],
    ['through another one', ['first', 'second']],
  ])('but not by a kubeconfig that leads back to itself %s', async (_way, names) => {
    const paths = names.map((name) => join(cluster.folder, name))
    for (const [index, name] of names.entries()) {
      await cluster.kubeconfig(name, actingBy(paths[(index + 1) % paths.length] ?? ''))
    }
    const [path = ''] = paths
    const failed = await kubectl(['get', '--raw', '/version', '--kubeconfig', path])
    expect(failed.ok).toBe(false)
    const [circle = ''] = /^error: exec plugin leads back .*$/mu.exec(failed.stderr) ?? []
    for (const file of paths) expect(circle).toContain(`user "fake" of ${file}`)
    expect(failed.stderr).toContain('hint: a user whose plugin is kubecred needs another user')
  })
})
