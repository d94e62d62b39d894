import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { runCli } from './fake-terminal.ts'
import { liveCluster } from './live-cluster.ts'

const cluster = liveCluster()
const folder = (): string => cluster.folder

const secret = 'KUBECRED-PLANTED-SECRET-completion'
const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    { name: 'home', cluster: { server: `https://me:${secret}@api.example.com:6443/k8s` } },
    { name: 'odd', cluster: { server: 'no url' } },
  ],
  users: [
    { name: 'tim', user: { token: secret } },
    { name: 'tom', user: { username: 'tom', password: secret, exec: { command: 'aws' } } },
  ],
  contexts: [
    { name: 'one', context: { cluster: 'home', user: 'tim', namespace: 'shop' } },
    { name: 'two', context: { cluster: 'odd', user: 'tom', namespace: 'shop' } },
    { name: 'none', context: {} },
  ],
  'current-context': 'two',
}

function write(name: string, text: string = JSON.stringify(kubeconfig)): string {
  const path = join(folder(), name)
  writeFileSync(path, text)
  return path
}

async function fish(
  words: readonly string[],
  options: { readonly env?: Record<string, string>; readonly cwd?: string } = {},
): Promise<readonly string[]> {
  const [current = '', ...finished] = words.toReversed()
  const args = ['__complete', 'fish', `=${current}`, ...finished.toReversed()]
  const { exitCode, stdout, stderr } = await runCli(args, options)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).not.toContain(secret)
  return stdout.split('\n').slice(1, -1)
}

describe('a shell is told the names in the kubeconfig', () => {
  test.each<readonly [flag: string, lines: readonly string[]]>([
    ['--context', ['one\tcluster home, user tim', 'two\tcurrent, cluster odd, user tom', 'none']],
    ['--cluster', ['home\tapi.example.com:6443', 'odd']],
    ['--user', ['tim', 'tom']],
    ['-n', ['default', 'shop']],
    ['--plugin-allow', ['aws']],
  ])('%s', async (flag, lines) => {
    expect(await fish(['--kubeconfig', write('names'), flag, ''])).toEqual(lines)
  })

  test('that KUBECONFIG lists', async () => {
    const env = { KUBECONFIG: `${write('a')}:${cluster.withToken}` }
    expect(await fish(['whoami', '--user', ''], { env })).toEqual(['tim', 'tom', 'fake'])
  })

  test('that the line names, rather than that of KUBECONFIG', async () => {
    const env = { KUBECONFIG: cluster.withToken }
    const line = ['whoami', `--kubeconfig=${write('b')}`, '--user=']
    expect(await fish(line, { env })).toEqual(['--user=tim', '--user=tom'])
  })

  test('by a path that is relative', async () => {
    write('relative')
    const line = ['--kubeconfig', 'relative', '--user', '']
    expect(await fish(line, { cwd: folder() })).toEqual(['tim', 'tom'])
  })
})

test('a path below the home folder is found', async () => {
  const home = join(folder(), 'home')
  mkdirSync(home)
  write('home/config')
  const line = ['--kubeconfig', '~/config', '--user', '']
  expect(await fish(line, { env: { HOME: home } })).toEqual(['tim', 'tom'])
})

describe('nothing is offered, and nothing is said, where the kubeconfig', () => {
  test.each<readonly [name: string, text: string]>([
    ['is no YAML', `a: [${secret}`],
    ['is none', '[1, 2]'],
    ['is empty', ''],
    ['has entries of another form', 'contexts: 7'],
  ])('%s', async (_name, text) => {
    expect(await fish(['--kubeconfig', write('broken', text), '--context', ''])).toEqual([])
  })

  test('is missing', async () => {
    expect(await fish(['--kubeconfig', join(folder(), 'missing'), '--context', ''])).toEqual([])
    expect(await fish(['--context', ''])).toEqual([])
  })

  test('is a folder', async () => {
    const path = join(folder(), 'directory')
    mkdirSync(path)
    expect(await fish(['--kubeconfig', path, '--context', ''])).toEqual([])
  })
})

test('no plugin is run, and no server is asked', async () => {
  const { withPlugin, plugin, server } = cluster
  expect(await fish(['--kubeconfig', withPlugin, '--user', ''])).toEqual(['fake'])
  expect(await fish(['request', '--kubeconfig', withPlugin, '-n', ''])).toEqual(['default'])
  expect(await plugin.runs()).toEqual([])
  expect(server.requests).toEqual([])
})

test('files are left to the shell', async () => {
  const { stdout } = await runCli(['__complete', 'zsh', '=@a', 'request', '/x', '-d'])
  expect(stdout).toBe('files 1\n')
})

test('a shell that is not known gets nothing', async () => {
  for (const args of [['__complete'], ['__complete', 'tcsh', '=']]) {
    expect(await runCli(args)).toEqual({ exitCode: 2, stdout: '', stderr: '' })
  }
})

test('the help does not mention the command that shells run', async () => {
  expect((await runCli(['--help'])).stdout).not.toContain('__complete')
})
