import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { temporaryFolder } from '../testing/temporary-folder.ts'
import { leftBehind, startDemo, type DemoProcess } from './run-demo.ts'

const run = promisify(execFile)

// The lines that the demo prints are for a shell of Unix, and so is Ctrl-C.
describe.skipIf(process.platform === 'win32')('a demo that keeps its server', () => {
  const folder = temporaryFolder()
  let demo: DemoProcess
  let settings = ''

  beforeAll(async () => {
    demo = startDemo(['--keep'], folder)
    await demo.printed('kubectl create namespace hello')
    settings = demo
      .stdout()
      .split('\n')
      .filter((line) => /^ {2}(?:export KUBECONFIG=|kubecred\(\))/u.test(line))
      .join('\n')
  }, 60_000)

  afterAll(() => {
    demo.child.kill('SIGKILL')
  })

  test('prints settings with which kubecred reaches it', async () => {
    const script = `${settings}\nkubecred request /api/v1/namespaces`
    const { stdout } = await run('sh', ['-c', script], { cwd: folder })
    expect(stdout).toContain('"made-after-rotation-3"')
  })

  test('prints settings with which kubectl reaches it', async ({ skip }) => {
    const missing = await run('kubectl', ['version', '--client']).then(
      () => false,
      () => true,
    )
    skip(missing, 'kubectl is not installed')
    const script = `${settings}\nkubectl get namespaces && kubectl auth whoami`
    const { stdout } = await run('sh', ['-c', script], { cwd: folder })
    expect(stdout).toMatch(/made-after-rotation-3[^]*alice/u)
  })

  test('ends on Ctrl-C and puts everything away', async () => {
    demo.child.kill('SIGINT')
    const { exitCode } = await demo.ended
    expect({ exitCode, left: leftBehind(folder) }).toEqual({ exitCode: 0, left: [] })
  })
})
