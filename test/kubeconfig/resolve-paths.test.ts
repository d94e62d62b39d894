import { posix, win32 } from 'node:path'

import { expect, test } from 'vitest'

import { parseKubeconfig } from '../../src/kubeconfig/parse.ts'
import { resolvePaths } from '../../src/kubeconfig/resolve-paths.ts'

async function commandOf(command: string, windows: boolean): Promise<string | undefined> {
  const text = JSON.stringify({ users: [{ name: 'u', user: { exec: { command } } }] })
  const file = windows ? 'C:\\kube\\config' : '/kube/config'
  const entries = parseKubeconfig(Buffer.from(text), file)
  const resolved = resolvePaths(entries, file, windows ? win32 : posix)
  return resolved.users.get('u')?.exec?.command
}

test('a command with a separator is taken from the folder of the kubeconfig', async () => {
  expect(await commandOf('./plugin', false)).toBe('/kube/plugin')
  expect(await commandOf('bin/../plugin', false)).toBe('/kube/plugin')
  expect(await commandOf('bin\\plugin.exe', true)).toBe('C:\\kube\\bin\\plugin.exe')
})

test('a bare command and an absolute one stay as they are', async () => {
  expect(await commandOf('plugin', false)).toBe('plugin')
  expect(await commandOf('/bin/plugin', false)).toBe('/bin/plugin')
  expect(await commandOf('D:\\plugin.exe', true)).toBe('D:\\plugin.exe')
  expect(await commandOf('', false)).toBe('')
})

test('the separator is that of the platform', async () => {
  expect(await commandOf('bin\\plugin', false)).toBe('bin\\plugin')
  expect(await commandOf('./plugin', true)).toBe('./plugin')
})
