import { beforeAll, beforeEach, describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import { claimsOf } from '../../src/api/service-account-claims.ts'
import { runCli } from '../cli/fake-terminal.ts'
import { mainProgram } from '../cli/kubecred-process.ts'
import { startKubectl } from '../proxy/kubectl-process.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { getBinary } from './binaries.ts'
import { certificateUser, kubeconfigFile } from './clients.ts'
import { besideCluster, hasCluster, realCluster } from './real-cluster.ts'
import { ServiceAccount } from './service-account.ts'
import { grantTokenRights, tokenAgentUser } from './token-agent.ts'

const folder = temporaryFolder()
const cluster = realCluster()
let kubectlPath = ''
let agent = ''
let account: ServiceAccount

beforeAll(async () => {
  if (!hasCluster) return
  kubectlPath = await getBinary('kubectl')
  await grantTokenRights(cluster(), 'system:serviceaccounts')
  agent = await kubeconfigFile(cluster(), folder, certificateUser(cluster().issue(tokenAgentUser)))
}, 60_000)
beforeEach(async () => {
  if (hasCluster) account = await ServiceAccount.create(cluster().admin)
})

interface Said {
  readonly exitCode: number | NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

async function kubectl(kubeconfig: string, ...args: readonly string[]): Promise<Said> {
  const line = ['--kubeconfig', kubeconfig, '-n', account.namespace, ...args]
  const process = startKubectl(line, { folder, kubectl: kubectlPath })
  const exitCode = await process.ended
  return { exitCode, stdout: process.stdout(), stderr: process.stderr() }
}

const kubecred = (...args: readonly string[]): Promise<Said> =>
  runCli(['token', ...args, '-n', account.namespace, '--kubeconfig', agent])

/** A kubeconfig that makes one a ServiceAccount, by what another kubeconfig may. */
async function actingAs(name: string, by: string): Promise<string> {
  const { namespace } = account
  return await kubeconfigFile(cluster(), folder, {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: [mainProgram, 'token', 'credential', name, '-n', namespace, '--kubeconfig', by],
      interactiveMode: 'Never',
    },
  })
}

async function whoIs(kubeconfig: string): Promise<JsonObject> {
  const said = await kubectl(kubeconfig, 'auth', 'whoami', '-o', 'json')
  expect(said).toMatchObject({ exitCode: 0, stderr: '' })
  // A SelfSubjectReview.
  const { status } = JSON.parse(said.stdout) as {
    readonly status: { readonly userInfo: JsonObject }
  }
  return status.userInfo
}

describe.skipIf(!hasCluster)(
  besideCluster('kubectl with kubecred token credential as its plugin'),
  () => {
    test('is the ServiceAccount, and the new one when it was made anew', async () => {
      const kubeconfig = await actingAs('builder', agent)
      const { user: username } = account
      expect(await whoIs(kubeconfig)).toMatchObject({ username, uid: account.uid })
      await account.recreate()
      expect(await whoIs(kubeconfig)).toMatchObject({ username, uid: account.uid })
    })

    test('is a ServiceAccount by the grace of another one', async () => {
      await account.add('serviceaccounts', { metadata: { name: 'deployer' } })
      const kubeconfig = await actingAs('deployer', await actingAs('builder', agent))
      expect(await whoIs(kubeconfig)).toMatchObject({
        username: `system:serviceaccount:${account.namespace}:deployer`,
      })
    })

    test('may what the account may', async () => {
      const kubeconfig = await actingAs('builder', agent)
      expect(await kubectl(kubeconfig, 'get', 'configmaps')).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: `Error from server (Forbidden): configmaps is forbidden: User "${account.user}" cannot list resource "configmaps" in API group "" in the namespace "${account.namespace}"\n`,
      })
    })

    test('hears from the server why there is no token', async () => {
      const kubeconfig = await actingAs('nobody', agent)
      const { exitCode, stderr } = await kubectl(kubeconfig, 'get', 'configmaps')
      expect(exitCode).toBe(1)
      expect(stderr).toContain('serviceaccounts "nobody" not found')
    })
  },
)

describe.skipIf(!hasCluster)(besideCluster('kubecred token create'), () => {
  const claimsIn = ({ stdout }: Said): JsonObject => {
    const { jti, iat = 0, nbf, exp, ...claims } = claimsOf(stdout.trim())
    expect([typeof jti, nbf]).toEqual(['string', iat])
    return { ...claims, seconds: Number(exp) - Number(iat) }
  }

  test.each([
    [[]],
    [['--duration=20m']],
    [['--audience=vault', '--audience=registry']],
    [['--bound-object-kind=Pod', '--bound-object-name=pod']],
    [['--bound-object-kind=Secret', '--bound-object-name=secret']],
  ])('prints a token like that of kubectl create token %j', async (flags) => {
    await account.add('secrets', { metadata: { name: 'secret' } })
    const containers = [{ name: 'main', image: 'none' }]
    const spec = { serviceAccountName: 'builder', containers }
    await account.add('pods', { metadata: { name: 'pod' }, spec })
    const ours = await kubecred('create', 'builder', ...flags)
    const theirs = await kubectl(agent, 'create', 'token', 'builder', ...flags)
    expect(ours).toMatchObject({ exitCode: 0, stderr: '' })
    expect(claimsIn(ours)).toEqual(claimsIn(theirs))
  })

  test.each([
    ['nobody', []],
    ['builder', ['--duration=10s']],
    ['builder', ['--bound-object-kind=Pod', '--bound-object-name=none']],
    [
      'builder',
      ['--bound-object-kind=Secret', '--bound-object-name=secret', '--bound-object-uid=other'],
    ],
  ])('fails as kubectl create token does for %s %j', async (name, flags) => {
    await account.add('secrets', { metadata: { name: 'secret' } })
    const theirs = await kubectl(agent, 'create', 'token', name, ...flags)
    expect(theirs).toMatchObject({ exitCode: 1, stdout: '' })
    expect(await kubecred('create', name, ...flags)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining(theirs.stderr.trim()),
    })
  })
})
