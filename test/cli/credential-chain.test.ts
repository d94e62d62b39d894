import { expect, test } from 'vitest'

import { chainVariable, extendChain } from '../../src/cli/credential-chain.ts'
import { loadKubeconfig, selectConnection, type ConnectionConfig } from '../../src/doors/index.ts'
import { writeKubeconfig } from '../../src/doors/testing.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()

async function configOf(name: string, user: string, token?: string): Promise<ConnectionConfig> {
  const path = `${folder}/${name}`
  const exec = {
    command: 'kubecred',
    apiVersion: 'client.authentication.k8s.io/v1',
    interactiveMode: 'Never',
  }
  await writeKubeconfig(path, {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: user, user: { exec } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user } }],
    'current-context': 'x',
  })
  return selectConnection(await loadKubeconfig({ path }), { token })
}

test('a plugin is told through which kubeconfigs it was reached', async () => {
  const a = await configOf('a', 'alice')
  const b = await configOf('b', 'bob')
  const first = extendChain(a, {})
  expect(JSON.parse(first[chainVariable] ?? '')).toEqual([
    { files: [`${folder}/a`], user: 'alice' },
  ])
  expect(JSON.parse(extendChain(b, first)[chainVariable] ?? '')).toHaveLength(2)
})

test('a chain that comes back names every file on the way', async () => {
  const a = await configOf('a', 'alice')
  const b = await configOf('b', 'bob')
  const env = extendChain(b, extendChain(a, {}))
  expect(() => extendChain(a, env)).toThrow(
    `exec plugin leads back to its own kubeconfig: user "alice" of ${folder}/a -> ` +
      `user "bob" of ${folder}/b -> user "alice" of ${folder}/a`,
  )
})

test('the same file with another user goes on', async () => {
  const a = await configOf('a', 'alice')
  expect(() => extendChain({ ...a, user: 'carol' }, extendChain(a, {}))).not.toThrow()
})

test('without a plugin there is no chain', async () => {
  const a = await configOf('a', 'alice')
  const withToken = await configOf('a', 'alice', 'KUBECRED-PLANTED-SECRET-chain')
  expect(extendChain(withToken, extendChain(a, {}))).toEqual({})
})

test.each(['', '{', '7', '{"files":1}', '[1,null,{"files":"a"},{"user":7,"files":[1]}]'])(
  'a variable that somebody else wrote (%s) is no chain of ours',
  async (text) => {
    const a = await configOf('a', 'alice')
    expect(() => extendChain(a, { [chainVariable]: text })).not.toThrow()
  },
)
