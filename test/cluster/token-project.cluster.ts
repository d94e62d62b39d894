import { mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeAll, describe, expect, test } from 'vitest'

import { run } from '../../src/cli/run.ts'
import { Secret } from '../../src/doors/index.ts'
import { FakeTerminal } from '../cli/fake-terminal.ts'
import { newToken } from '../cli/project-stage.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { certificateUser, kubeconfigFile } from './clients.ts'
import { besideCluster, hasCluster, realCluster } from './real-cluster.ts'
import { ServiceAccount } from './service-account.ts'
import { grantTokenRights, tokenAgentUser } from './token-agent.ts'
import { reviewOf, type Review } from './token-review.ts'

const folder = temporaryFolder()
const cluster = realCluster()
let kubeconfig = ''

beforeAll(async () => {
  if (!hasCluster) return
  await grantTokenRights(cluster())
  const user = certificateUser(cluster().issue(tokenAgentUser))
  kubeconfig = await kubeconfigFile(cluster(), folder, user)
}, 60_000)

function review(token: string, audiences?: readonly string[]): Promise<Review> {
  return reviewOf(cluster().admin, { token: new Secret(token) }, audiences)
}

describe.skipIf(!hasCluster)(besideCluster('kubecred token project'), () => {
  test('keeps a token that the server takes, and one of the new account when that was made anew', async () => {
    const account = await ServiceAccount.create(cluster().admin)
    const directory = mkdtempSync(join(folder, 'project-'))
    const terminal = new FakeTerminal()
    const whose = ['--service-account', account.name, '-n', account.namespace]
    const flags = ['--dir', directory, '--audience=vault', '--check-account=1s']
    const ended = run(
      ['token', 'project', '--kubeconfig', kubeconfig, ...whose, ...flags],
      terminal,
    )
    const before = await newToken(directory)
    expect(await review(before, ['vault'])).toMatchObject({
      authenticated: true,
      user: { username: account.user, uid: account.uid },
      audiences: ['vault'],
    })
    expect(readFileSync(join(directory, 'namespace'), 'utf8')).toBe(account.namespace)
    await account.recreate()
    const after = await newToken(directory, before)
    expect(await review(after, ['vault'])).toMatchObject({
      authenticated: true,
      user: { username: account.user, uid: account.uid },
    })
    // A reader sees the new files before the command says so.
    await until(() => terminal.err.includes('new files'))
    terminal.signal('SIGTERM')
    expect(await ended).toBe(0)
    // It may have been looked at between the two.
    expect(terminal.err).toMatch(
      /^ServiceAccount \S+ was (?:deleted|made anew): .*\n\S+: new files, good until \S+\n$/u,
    )
  })
})
