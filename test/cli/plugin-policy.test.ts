import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import {
  createFakePlugin,
  startApiServer,
  writeKubeconfig,
  type FakeApiServer,
  type FakePlugin,
} from '../../src/doors/testing.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { runCli } from './fake-terminal.ts'

const folder = temporaryFolder()
const kubeconfig = join(folder, 'config')
const home = join(folder, 'home')
const kuberc = join(home, '.kube', 'kuberc')
let server: FakeApiServer
let plugin: FakePlugin

beforeAll(async () => {
  server = await startApiServer()
  plugin = await createFakePlugin({ directory: folder })
  await plugin.behave({ issueFrom: { url: server.pluginEndpoint } })
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: plugin.command,
    interactiveMode: 'Never',
  }
  await writeKubeconfig(kubeconfig, server.kubeconfig({ user: { exec } }))
  mkdirSync(join(home, '.kube'), { recursive: true })
})

afterAll(async () => {
  await server.close()
})

const head = 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n'

/** Runs a command under preferences, which may be empty. */
async function run(preferences: string, ...args: readonly string[]) {
  writeFileSync(kuberc, preferences === '' ? '' : head + preferences)
  await plugin.clearRuns()
  const ended = await runCli([...args, '--kubeconfig', kubeconfig], { env: { HOME: home } })
  return { ...ended, runs: (await plugin.runs()).length }
}

const denied = (command: string): string =>
  `error: getting credentials: plugin "${command}" not allowed: policy set to "DenyAll"\n`

describe('every command that needs a credential obeys', () => {
  test.each(['request /version', 'credential', 'whoami'])(
    'the flag and the preferences: %s',
    async (line) => {
      const words = line.split(' ')
      const free = await run('', ...words)
      expect(free).toMatchObject({ exitCode: 0, stderr: '', runs: 1 })
      const byFlag = await run('', ...words, '--plugin-policy=DenyAll')
      const byFile = await run('credentialPluginPolicy: DenyAll\n', ...words)
      for (const { exitCode, stdout, stderr, runs } of [byFlag, byFile]) {
        expect({ exitCode, stdout, runs }).toEqual({ exitCode: 1, stdout: '', runs: 0 })
        expect(stderr.replace('getting credentials: ', '')).toContain(
          denied(plugin.command).replace('getting credentials: ', ''),
        )
      }
    },
  )
})

test('a refusal says where the policy stands', async () => {
  const byFile = await run('credentialPluginPolicy: DenyAll\n', 'request', '/version')
  expect(byFile.stderr).toContain(`hint: ${kuberc} lets no plugin run`)
  const list = 'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: aws}]\n'
  const byList = await run(list, 'request', '/version')
  expect(byList.stderr).toContain(`add it to the allowlist of ${kuberc}`)
  const byFlag = await run('', 'request', '/version', '--plugin-policy=DenyAll')
  expect(byFlag.stderr).toContain('hint: --plugin-policy lets no plugin run')
})

describe('--plugin-allow', () => {
  test('lets the plugins run that it names, and no other', async () => {
    const named = [
      'request',
      '/version',
      '--plugin-allow',
      'other',
      '--plugin-allow',
      plugin.command,
    ]
    expect(await run('', ...named)).toMatchObject({ exitCode: 0, stderr: '', runs: 1 })
    const { exitCode, stderr, runs } = await run('', 'request', '/version', '--plugin-allow=other')
    expect({ exitCode, runs }).toEqual({ exitCode: 1, runs: 0 })
    expect(stderr).toContain(
      `plugin path "${plugin.command}" is not permitted by the credential plugin allowlist\nhint: `,
    )
  })

  test('goes with the policy that it implies', async () => {
    const args = ['--plugin-policy=Allowlist', '--plugin-allow', plugin.command]
    expect(await run('', 'request', '/version', ...args)).toMatchObject({ exitCode: 0, runs: 1 })
  })
})

describe('flags that contradict each other are refused, with advice', () => {
  test.each<readonly [line: string, error: string, hint: string]>([
    [
      '--plugin-policy=denyall',
      'invalid plugin policy: unknown plugin policy: "denyall"',
      'a policyType is AllowAll, DenyAll or Allowlist, written just so',
    ],
    [
      '--plugin-policy=',
      'unknown plugin policy: ""',
      'give --plugin-policy a value, or leave it out',
    ],
    [
      '--plugin-policy=Allowlist',
      'invalid plugin policy: credential plugin policy set to "Allowlist", but allowlist is unspecified',
      'name the plugins that may run: --plugin-allow=NAME_OR_PATH',
    ],
    [
      '--plugin-policy=DenyAll --plugin-allow=x',
      'invalid plugin policy: misconfigured credential plugin allowlist: plugin policy is "DenyAll" but allowlist is non-nil',
      '--plugin-allow goes with --plugin-policy=Allowlist, which it implies',
    ],
    [
      '--plugin-allow=',
      'invalid plugin policy: misconfigured credential plugin allowlist: empty allowlist entry #1',
      'an entry has a command: the name of a plugin, or its whole path',
    ],
    [
      '--plugin-allow=./x',
      'invalid plugin policy: non-normalized file path: "./x" vs "x"',
      'give the name of the plugin, or its whole path without "." and ".." in it',
    ],
  ])('%s', async (line, error, hint) => {
    expect(await run('', 'request', '/version', ...line.split(' '))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `error: ${error}\nhint: ${hint}\n`,
      runs: 0,
    })
  })
})

describe('flags and preferences together', () => {
  const other = 'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: other}]\n'

  test.each([
    ['--plugin-policy=AllowAll', 'credentialPluginPolicy: DenyAll\n', '--plugin-policy', 'DenyAll'],
    ['--plugin-policy=AllowAll', other, '--plugin-policy', 'Allowlist'],
    ['--plugin-allow=PLUGIN', other, '--plugin-allow', 'Allowlist'],
  ])('the flag wins: %s over %j, with a warning', async (flag, preferences, name, policy) => {
    const given = flag.replace('PLUGIN', plugin.command)
    expect(await run(preferences, 'request', '/version', given)).toMatchObject({
      exitCode: 0,
      runs: 1,
      stderr: `Warning: ${name} permits plugins that the policy "${policy}" of ${kuberc} does not\n`,
    })
  })

  test('a flag that permits less says nothing of it', async () => {
    const { stderr } = await run(other, 'request', '/version', '--plugin-policy=DenyAll')
    expect(stderr).toMatch(/^error: /u)
  })

  test('preferences that kubectl refuses are refused, whatever the flags', async () => {
    const preferences = 'credentialPluginPolicy: none\n'
    expect(await run(preferences, 'request', '/version', '--plugin-policy=AllowAll')).toMatchObject(
      {
        exitCode: 1,
        runs: 0,
        stderr: expect.stringMatching(/^error: unknown plugin policy: "none"\nhint: correct /u),
      },
    )
  })

  test('what kubectl warns of in preferences is warned of', async () => {
    expect(await run('x: 1\n', 'request', '/version')).toMatchObject({
      exitCode: 0,
      stderr: `Warning: kuberc: ignoring strict decoding error in ${kuberc}: strict decoding error: unknown field "x"\n`,
    })
  })
})
