import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import { besideKubectl, hasKubectl, kubectl } from '../kubeconfig/kubectl.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { runCli } from './fake-terminal.ts'
import { liveCluster } from './live-cluster.ts'

const cluster = liveCluster()
const folder = temporaryFolder()

test.skipIf(!hasKubectl).each([
  { file: 'missing', what: 'missing' },
  { file: 'folder', what: 'a folder' },
  { file: 'token/below', what: 'below a file' },
  { file: 'x'.repeat(300), what: 'named too long' },
])(
  besideKubectl('a token file that is $what is told in the words of kubectl'),
  async ({ file }) => {
    mkdirSync(join(folder, 'folder'), { recursive: true })
    writeFileSync(join(folder, 'token'), 't')
    const path = join(folder, 'config')
    await writeKubeconfig(path, cluster.server.kubeconfig({ user: { tokenFile: file } }))
    const args = ['--kubeconfig', path]
    const theirs = await kubectl([...args, 'get', '--raw', '/version'])
    const ours = await runCli([...args, 'request', '/version'])
    expect(theirs.ok).toBe(false)
    expect(ours.stderr.split('\n')[0]).toBe(theirs.stderr.trimEnd())
  },
)
