import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'

import { describe, expect, test } from 'vitest'

import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { thisHost, type Host } from '../../src/host/host.ts'
import { loadKubeconfig } from '../../src/kubeconfig/load.ts'
import { difference } from '../differences.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { withUser } from './documents.ts'
import { besideKubectl, hasKubectl, kubectl } from './kubectl.ts'

const folder = temporaryFolder()
const isWindows = process.platform === 'win32'
const isRoot = process.getuid?.() === 0
let files = 0

function fileWith(text: string | Uint8Array): string {
  const file = join(folder, `config-${files++}`)
  writeFileSync(file, text)
  return file
}

function hostWith(env: Host['env'], home = '/nonexistent'): Host {
  return { ...thisHost(), env, home }
}

async function failure(path: string): Promise<KubecredError> {
  const thrown: unknown = await loadKubeconfig({ path }).catch((error: unknown) => error)
  if (thrown instanceof KubecredError) return thrown
  throw new Error('the kubeconfig was not refused', { cause: thrown })
}

describe('one file', () => {
  test('is loaded with the paths in it taken from its folder', async () => {
    const file = fileWith(`
users:
- name: u
  user:
    client-certificate: certs/c.pem
    client-key: ../k.pem
    tokenFile: /abs/token
    exec: {command: plugin}
clusters: [{name: k, cluster: {certificate-authority: ca.pem}}]
`)
    const { users, clusters } = await loadKubeconfig({ path: file })
    expect(users.get('u')).toMatchObject({
      clientCertificate: join(folder, 'certs/c.pem'),
      clientKey: join(folder, '../k.pem'),
      tokenFile: '/abs/token',
      exec: { command: 'plugin' },
    })
    expect(clusters.get('k')?.certificateAuthority).toBe(join(folder, 'ca.pem'))
  })

  test('may be named relative to the working directory', async () => {
    fileWith('current-context: here')
    const host = { ...hostWith({}), cwd: folder }
    const { currentContext, files: read } = await loadKubeconfig({
      path: `config-${files - 1}`,
      host,
    })
    expect(currentContext).toBe('here')
    expect(read).toEqual([join(folder, `config-${files - 1}`)])
  })

  test('that is missing is an error', async () => {
    const error = await failure(join(folder, 'missing'))
    expect(error.code).toBe('ERR_KUBECONFIG_NOT_FOUND')
    expect(error.message).toBe(`stat ${join(folder, 'missing')}: no such file or directory`)
    expect(error.details.file).toBe(join(folder, 'missing'))
  })

  test('that is a folder is an error', async () => {
    const error = await failure(folder)
    expect(error.code).toBe('ERR_KUBECONFIG_UNREADABLE')
    const quoted = JSON.stringify(folder)
    expect(error.message).toBe(
      `error loading config file ${quoted}: read ${folder}: is a directory`,
    )
    expect(error.hint).toBe('name the file in the folder, not the folder')
  })

  test.skipIf(isWindows)(
    'below something that is no folder, or behind a circle of links, is an error',
    async () => {
      const circle = join(folder, 'circle')
      symlinkSync(circle, circle)
      expect((await failure(circle)).message).toContain(
        `: open ${circle}: too many levels of symbolic links`,
      )
      expect((await failure(join(fileWith(''), 'config'))).message).toMatch(
        /: open .*: not a directory$/u,
      )
    },
  )

  test.skipIf(isRoot || isWindows)(
    `that may not be read is an error${isRoot ? ' (skipped: root may read everything)' : ''}`,
    async () => {
      const file = fileWith('')
      chmodSync(file, 0o000)
      const error = await failure(file)
      expect(error.code).toBe('ERR_KUBECONFIG_UNREADABLE')
      expect(error.hint).toContain('make the file readable')
    },
  )

  test.skipIf(isWindows)('of more than 16 MiB is an error, and not read to its end', async () => {
    const error = await failure('/dev/zero')
    expect(error.code).toBe('ERR_KUBECONFIG_INVALID')
    difference('file-size')
    expect(error.message).toContain('it is larger than 16 MiB')
  })

  test('of 16 MiB of brackets is an error before long', async () => {
    const error = await failure(fileWith(Buffer.alloc(16 * 2 ** 20, '[')))
    expect(error.hint).toContain('nested too deeply')
  })

  test('of 16 MiB of small parts is an error before long', async () => {
    const error = await failure(fileWith(Buffer.alloc(16 * 2 ** 20, '- []\n')))
    difference('file-size')
    expect(error.message).toContain('it has too many parts')
  })

  test.skipIf(isWindows)('may be a pipe', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const [config] = await Promise.all([
      loadKubeconfig({ path: pipe }),
      writeFile(pipe, 'current-context: piped'),
    ])
    expect(config.currentContext).toBe('piped')
  })
})

describe('several files', () => {
  test('are merged: the first that has an entry, and the first current context', async () => {
    const first = fileWith('users: [{name: a, user: {token: a1}}, {name: b, user: {}}]')
    const second = fileWith(
      'current-context: two\nusers: [{name: a, user: {token: a2, as: x}}, {name: b, user: {as: x}}, {name: c, user: {as: x}}]\n' +
        'contexts: [{name: two, context: {cluster: k}}]\nclusters: [{name: k, cluster: {server: s}}]',
    )
    const third = fileWith('current-context: three\ncontexts: [{name: two}]')
    const config = await loadKubeconfig({
      host: hostWith({ KUBECONFIG: [first, second, third].join(delimiter) }),
    })
    expect(config.files).toEqual([first, second, third])
    expect(config.currentContext).toBe('two')
    expect(config.users.get('a')?.token?.reveal()).toBe('a1')
    expect(config.users.get('a')?.impersonate.user).toBe('')
    expect(config.users.get('b')?.impersonate.user).toBe('')
    expect(config.users.get('c')?.impersonate.user).toBe('x')
    expect(config.users.get('c')?.origin).toEqual({ file: second, field: 'users[2].user' })
    expect(config.contexts.get('two')?.cluster).toBe('k')
  })

  test('may be missing, and are told apart', async () => {
    const there = fileWith('current-context: c')
    const missing = join(folder, 'missing')
    const host = hostWith({ KUBECONFIG: [missing, there, missing].join(delimiter) })
    const config = await loadKubeconfig({ host })
    expect(config.files).toEqual([there])
    expect(config.missing).toEqual([missing])
  })

  test('have paths relative to their own folders', async () => {
    const other = join(folder, 'other')
    mkdirSync(other)
    writeFileSync(join(other, 'config'), 'users: [{name: b, user: {tokenFile: t}}]')
    const first = fileWith('users: [{name: a, user: {tokenFile: t}}]')
    const host = hostWith({ KUBECONFIG: [first, join(other, 'config')].join(delimiter) })
    const { users } = await loadKubeconfig({ host })
    expect([...users.values()].map((user) => user.tokenFile)).toEqual([
      join(folder, 't'),
      join(other, 't'),
    ])
  })

  test('fail together when one is broken', async () => {
    const broken = fileWith('users: 5')
    const host = hostWith({ KUBECONFIG: [fileWith(''), broken].join(delimiter) })
    await expect(loadKubeconfig({ host })).rejects.toMatchObject({
      code: 'ERR_KUBECONFIG_INVALID',
      details: { file: broken, line: 1, field: 'users' },
    })
  })
})

describe('without a list', () => {
  test('it is the file in the home folder', async () => {
    const home = join(folder, 'home')
    mkdirSync(join(home, '.kube'), { recursive: true })
    writeFileSync(join(home, '.kube/config'), 'current-context: home')
    expect((await loadKubeconfig({ host: hostWith({}, home) })).currentContext).toBe('home')
  })

  test('and without that file it is empty', async () => {
    expect(await loadKubeconfig({ host: hostWith({}) })).toEqual({
      files: [],
      missing: [resolve('/nonexistent/.kube/config')],
      currentContext: '',
      contexts: new Map(),
      clusters: new Map(),
      users: new Map(),
    })
  })

  test('on Windows the home folder is chosen as kubectl does', async () => {
    const env = { USERPROFILE: folder, HOMEDRIVE: '/nonexistent', HOMEPATH: '/at/all' }
    const host: Host = { ...hostWith(env), platform: 'win32', cwd: 'C:\\' }
    const { missing } = await loadKubeconfig({ host })
    expect(missing).toHaveLength(1)
    expect(missing[0]).toContain(folder.replaceAll('/', '\\'))
  })

  test('this process is asked when no host is given', async () => {
    const path = fileWith(withUser('token: t'))
    expect((await loadKubeconfig({ path })).users.get('u')?.token?.reveal()).toBe('t')
    expect((await loadKubeconfig()).contexts).toBeInstanceOf(Map)
  })
})

describe.skipIf(!hasKubectl)(besideKubectl('beside kubectl'), () => {
  test('files merge to the same current context and entries', async () => {
    const first = fileWith('contexts: [{name: a, context: {cluster: x}}]')
    const second = fileWith(
      'current-context: b\ncontexts: [{name: a, context: {cluster: z}}, {name: b, context: {cluster: q}}]',
    )
    const list = [first, '/nonexistent/config', '', second, first].join(delimiter)
    const args = [
      'config',
      'view',
      '-o',
      'jsonpath={.current-context} {.contexts[*].context.cluster}',
    ]
    const { stdout } = await kubectl(args, { KUBECONFIG: list })
    const config = await loadKubeconfig({ host: hostWith({ KUBECONFIG: list }) })
    const clusters = [...config.contexts.values()].map((context) => context.cluster)
    expect(stdout).toBe([config.currentContext, ...clusters].join(' '))
  })

  test('a missing file is told in the same words', async () => {
    const { stderr } = await kubectl(['--kubeconfig', '/nonexistent/config', 'get', '--raw', '/'])
    const { message } = await failure('/nonexistent/config')
    expect(stderr.trim()).toBe(`error: ${message}`)
  })
})
