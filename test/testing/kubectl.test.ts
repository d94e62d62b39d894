import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { startApiServer } from '../../src/testing/api-server.ts'
import type { FakeApiServer } from '../../src/testing/fake-api-server.ts'
import { writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import { createFakePlugin } from '../../src/testing/fake-plugin.ts'
import { dig, parse } from './http-clients.ts'
import { installed } from './installed.ts'
import { runCommand, type Outcome } from './run-command.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

const folder = temporaryFolder()
const kubectl = installed('kubectl', 'version', '--client')
const skipped = kubectl ? '' : ' (skipped: it is not installed)'

describe.skipIf(!kubectl)(`kubectl${skipped}`, () => {
  const file = join(folder, 'config')
  let server: FakeApiServer
  beforeEach(async () => {
    server = await startApiServer()
    const plugin = await createFakePlugin({
      directory: folder,
      behaviour: { issueFrom: { url: server.pluginEndpoint, kind: 'both', groups: ['devs'] } },
    })
    await writeKubeconfig(file, server.kubeconfig({ user: plugin.user() }))
  })
  afterEach(() => server.close())

  // A home of its own, where no discovery is cached and no settings are found.
  const env = {
    ...process.env,
    HOME: folder,
    KUBECONFIG: file,
    KUBECACHEDIR: join(folder, 'cache'),
  }
  const run = (...args: readonly string[]): Promise<Outcome> => runCommand('kubectl', args, env)

  test('reads the version and the health', async () => {
    expect(JSON.parse((await run('get', '--raw', '/version')).stdout)).toMatchObject({ major: '1' })
    expect((await run('get', '--raw', '/readyz')).stdout).toBe('ok')
    expect(server.requests.at(-1)).toMatchObject({ user: 'alice', httpVersion: '2.0' })
  })

  test('lists, creates, shows and deletes namespaces', async () => {
    expect((await run('get', 'ns')).stdout).toMatch(
      /^NAME +AGE\ndefault +\S+\nkube-system +\S+\n$/u,
    )
    expect((await run('create', 'ns', 'x')).stdout).toBe('namespace/x created\n')
    expect((await run('create', 'ns', 'x')).stderr).toContain('(AlreadyExists)')
    expect((await run('get', 'ns', 'x', '-o', 'name')).stdout).toBe('namespace/x\n')
    expect((await run('label', 'ns', 'x', 'a=b')).stdout).toBe('namespace/x labeled\n')
    expect((await run('delete', 'ns', 'x')).stdout).toMatch(/^namespace "x" deleted/u)
    const missing = await run('get', 'ns', 'x')
    expect(missing).toMatchObject({
      status: 1,
      stderr: 'Error from server (NotFound): namespaces "x" not found\n',
    })
  })

  test('creates a ConfigMap and reads it', async () => {
    const created = await run('create', 'cm', 'settings', '--from-literal=a=b')
    expect(created.stdout).toBe('configmap/settings created\n')
    expect((await run('get', 'cm', 'settings', '-o', 'jsonpath={.data.a}')).stdout).toBe('b')
  })

  test('applies and patches a ConfigMap in each way it has', async () => {
    const manifest = join(folder, 'settings.json')
    const say = (a: string): Promise<void> =>
      writeFile(
        manifest,
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 's' },
          data: { a },
        }),
      )
    const apply = async (...args: readonly string[]): Promise<string> =>
      (await run('apply', '-f', manifest, ...args)).stdout
    await say('b')
    expect(await apply()).toBe('configmap/s created\n')
    await say('c')
    expect(await apply()).toBe('configmap/s configured\n')
    expect(await apply()).toBe('configmap/s unchanged\n')
    expect(await apply('--server-side')).toBe('configmap/s serverside-applied\n')
    const patches = [
      ['merge', '{"data":{"b":"1"}}'],
      ['strategic', '{"data":{"c":"2"}}'],
      ['json', '[{"op":"add","path":"/data/d","value":"3"}]'],
    ] as const
    for (const [type, patch] of patches) {
      const { stdout } = await run('patch', 'cm', 's', `--type=${type}`, '-p', patch)
      expect(stdout).toBe('configmap/s patched\n')
    }
    const { stdout } = await run('get', 'cm', 's', '-o', 'jsonpath={.data}')
    expect(JSON.parse(stdout)).toEqual({ a: 'c', b: '1', c: '2', d: '3' })
  })

  test('learns who it is, and who it acts as', async () => {
    const me = parse((await run('auth', 'whoami', '-o', 'json')).stdout)
    expect(dig(me, 'status', 'userInfo')).toMatchObject({
      username: 'alice',
      groups: ['devs', 'system:authenticated'],
    })
    const as = ['--as=joe', '--as-group=a', '--as-group=b', '--as-uid=7']
    const joe = parse((await run('auth', 'whoami', '-o', 'json', ...as)).stdout)
    expect(dig(joe, 'status', 'userInfo')).toMatchObject({
      username: 'joe',
      uid: '7',
      groups: ['a', 'b', 'system:authenticated'],
    })
  })

  test('watches namespaces', async () => {
    const child = spawn('kubectl', ['get', 'ns', '-w', '-o', 'name'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    })
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk))
    await until(() => server.openWatches === 1)
    server.createNamespace('later')
    await until(() => printed.includes('namespace/later\n'))
    child.kill('SIGTERM')
    await once(child, 'close')
    await until(() => server.openWatches === 0)
    expect(printed).toBe('namespace/default\nnamespace/kube-system\nnamespace/later\n')
  })

  test('is refused in its own words', async () => {
    await writeKubeconfig(file, server.kubeconfig({ user: { token: 'bad' } }))
    const { status, stderr } = await run('get', '--raw', '/api')
    expect(status).toBe(1)
    expect(stderr).toContain('You must be logged in to the server')
  })
})
