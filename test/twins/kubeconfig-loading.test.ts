import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { expect, test } from 'vitest'

import { thisHost } from '../../src/host/host.ts'
import { loadKubeconfig } from '../../src/kubeconfig/load.ts'
import { selectConnection } from '../../src/kubeconfig/select.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

// What client-go's tests of loading kubeconfigs, and of what becomes of them, assert.

const folder = temporaryFolder()
let count = 0

function fileWith(text: string): string {
  const path = join(folder, `config-${count++}`)
  writeFileSync(path, text)
  return path
}

test.each([
  ['clusters', '{name: twice, cluster: {server: a}}'],
  ['contexts', '{name: twice, context: {cluster: a}}'],
  ['users', '{name: twice, user: {tokenFile: a}}'],
])('a name that stands twice is refused among the %s', async (list, entry) => {
  const path = fileWith(`${list}: [${entry}, ${entry}]\n`)
  await expect(loadKubeconfig({ path })).rejects.toThrow('duplicate name "twice" in list')
})

test.each([
  ['at the top', ''],
  ['of the preferences', 'preferences: {EXTENSIONS}'],
  ['of a cluster', 'clusters: [{name: c, cluster: {server: a, EXTENSIONS}}]'],
  ['of a context', 'contexts: [{name: c, context: {cluster: a, EXTENSIONS}}]'],
  ['of a user', 'users: [{name: u, user: {token: a, EXTENSIONS}}]'],
])('a name that stands twice is refused among the extensions %s', async (_where, text) => {
  const one = '{name: twice, extension: {bytes: test}}'
  const twice = `extensions: [${one}, ${one}]`
  const path = fileWith(text === '' ? twice : text.replace('EXTENSIONS', twice))
  await expect(loadKubeconfig({ path })).rejects.toThrow('duplicate name "twice" in list')
})

test.each([
  ['text that is no kubeconfig', () => fileWith('bogus value')],
  ['a folder', () => folder],
  ['a file that is not there', () => join(folder, 'bogus_file')],
])('%s is refused by its name', async (_what, makePath) => {
  const path = makePath()
  await expect(loadKubeconfig({ path })).rejects.toThrow(path)
})

test('files that KUBECONFIG lists may all be missing, which is said', async () => {
  const missing = ['bogus1', 'bogus2', 'bogus3'].map((name) => join(folder, name))
  const host = { ...thisHost(), env: { KUBECONFIG: missing.join(delimiter) } }
  const loaded = await loadKubeconfig({ host })
  const { warnings } = selectConnection(loaded, { server: 'https://h' })
  expect(warnings).toEqual([`Config not found: ${missing.join(', ')}`])
})

test('the file that is named counts, and not those that KUBECONFIG lists', async () => {
  const path = fileWith('current-context: any-context-value')
  const other = fileWith('current-context: a-different-context')
  const host = { ...thisHost(), env: { KUBECONFIG: other } }
  expect((await loadKubeconfig({ path, host })).currentContext).toBe('any-context-value')
})

test('a file without any entries is loaded, empty as it is', async () => {
  const loaded = await loadKubeconfig({ path: fileWith('current-context: any-context-value') })
  expect([loaded.clusters.size, loaded.users.size, loaded.contexts.size]).toEqual([0, 0, 0])
})

test('relative paths are taken from the folder of their own file', async () => {
  const [one, two] = [join(folder, 'one'), join(folder, 'two', 'deep')]
  for (const path of [one, two]) mkdirSync(path, { recursive: true })
  const text = (n: number): string => `
clusters:
- {name: relative-${n}, cluster: {certificate-authority: ../relative/ca}}
- {name: absolute-${n}, cluster: {certificate-authority: /absolute/ca}}
users:
- {name: relative-${n}, user: {client-certificate: relative/cert, client-key: ../relative/key}}
- {name: absolute-${n}, user: {client-certificate: /absolute/cert, client-key: /absolute/key}}
- {name: relative-cmd-${n}, user: {exec: {command: ../relative/cmd}}}
- {name: absolute-cmd-${n}, user: {exec: {command: /absolute/cmd}}}
- {name: PATH-cmd-${n}, user: {exec: {command: cmd}}}
`
  const files = [join(one, 'config'), join(two, 'config')]
  files.forEach((file, index) => writeFileSync(file, text(index)))
  const host = { ...thisHost(), env: { KUBECONFIG: files.join(delimiter) } }
  const { clusters, users } = await loadKubeconfig({ host })
  for (const [index, home] of [one, two].entries()) {
    const at = (name: string) => users.get(`${name}-${index}`)
    expect(clusters.get(`relative-${index}`)?.certificateAuthority).toBe(
      join(home, '../relative/ca'),
    )
    expect(clusters.get(`absolute-${index}`)?.certificateAuthority).toBe('/absolute/ca')
    expect(at('relative')?.clientCertificate).toBe(join(home, 'relative/cert'))
    expect(at('relative')?.clientKey).toBe(join(home, '../relative/key'))
    expect(at('absolute')?.clientKey).toBe('/absolute/key')
    expect(at('relative-cmd')?.exec?.command).toBe(join(home, '../relative/cmd'))
    expect(at('absolute-cmd')?.exec?.command).toBe('/absolute/cmd')
    expect(at('PATH-cmd')?.exec?.command).toBe('cmd')
  }
})

test('a plugin’s arguments, and what its cluster holds for it, reach the connection', async () => {
  const path = fileWith(`
current-context: foo-context
contexts: [{name: foo-context, context: {cluster: foo-cluster, user: foo-user, namespace: bar}}]
clusters:
- name: foo-cluster
  cluster:
    server: https://localhost:8080
    extensions:
    - {name: client.authentication.k8s.io/exec, extension: {audience: foo, other: bar}}
users:
- name: foo-user
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1alpha1
      args: [arg-1, arg-2]
      command: foo-command
      provideClusterInfo: true
`)
  const { auth, server, namespace } = selectConnection(await loadKubeconfig({ path }))
  expect(auth.exec).toMatchObject({ args: ['arg-1', 'arg-2'], provideClusterInfo: true })
  expect(server.execExtension).toEqual({ audience: 'foo', other: 'bar' })
  expect(namespace).toBe('bar')
})

test('every field of impersonation reaches the connection, also when the server is another', async () => {
  const path = fileWith(`
current-context: clean
contexts: [{name: clean, context: {cluster: clean, user: clean}}]
clusters: [{name: clean, cluster: {server: "https://localhost:8443", tls-server-name: inner}}]
users:
- name: clean
  user: {as: alice, as-uid: abc123, as-groups: [group-1], as-user-extra: {some-key: [some-value]}}
`)
  const { auth, server } = selectConnection(await loadKubeconfig({ path }), {
    server: 'http://something',
  })
  const extra = { 'some-key': ['some-value'] }
  expect(auth.impersonate).toEqual({ user: 'alice', uid: 'abc123', groups: ['group-1'], extra })
  expect(server).toMatchObject({ url: 'http://something', tlsServerName: '' })
})
