import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import type { ExecConfig } from '../../src/api/exec-config.ts'
import type { PluginPolicy, UncheckedPolicy } from '../../src/api/plugin-policy.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { subscribe } from '../../src/events/channels.ts'
import { readPluginPolicy } from '../../src/exec/plugin-policy.ts'
import { execProvider, type ExecOptions } from '../../src/exec/provider.ts'
import type { Host } from '../../src/host/host.ts'
import { isWindows, scratchFolder } from './scratch.ts'

const scratch = scratchFolder()
const at = (...names: readonly string[]): string => join(scratch.path, ...names)
for (const name of ['bin', 'other', 'links']) mkdirSync(at(name))
const reply = JSON.stringify({
  kind: 'ExecCredential',
  apiVersion: 'client.authentication.k8s.io/v1',
  status: { token: 't' },
})
const plugin = (name: string) => scratch.sh(name, `echo "$0" >> ${at('log')}; echo '${reply}'`)
plugin('bin/plugin')
plugin('other/plugin')
plugin('other/late')
scratch.file('bin/plain', '')
mkdirSync(at('bin', 'folder'))
symlinkSync(at('bin', 'plugin'), at('links', 'plugin'))

const host: Host = {
  platform: process.platform,
  env: { PATH: `${at('bin')}:/usr/bin:/bin` },
  home: '',
  cwd: scratch.path,
  stdinIsTerminal: false,
}

const base: ExecConfig = {
  command: '',
  args: [],
  env: [],
  apiVersion: 'client.authentication.k8s.io/v1',
  installHint: '',
  provideClusterInfo: false,
  interactiveMode: 'Never',
}

const { signal } = new AbortController()
const allow = (...commands: readonly string[]): PluginPolicy => ({
  policyType: 'Allowlist',
  allowlist: commands.map((command) => ({ command })),
})

/** What becomes of a plugin: 'runs', or why it does not; and what is told of the decision. */
async function outcome(
  command: string,
  policy: PluginPolicy | undefined,
  { config, ...options }: ExecOptions & { readonly config?: Partial<ExecConfig> } = {},
) {
  const events: unknown[] = []
  const unsubscribe = subscribe('kubecred:exec:policy', (event) => events.push(event))
  const provider = execProvider(
    { ...base, command, ...config },
    { host, stderr: 'ignore', policy, ...options },
  )
  const result = await provider.provide({ reason: 'first', ahead: false, signal }).then(
    () => 'runs',
    (error: unknown) => error,
  )
  unsubscribe()
  return { result, events }
}

const refused = (message: string) => ({ code: 'ERR_EXEC_NOT_ALLOWED', message })
const notPermitted = (path: string) =>
  refused(`plugin path "${path}" is not permitted by the credential plugin allowlist`)
const unresolved = (path: string, why: string) =>
  refused(
    `plugin path "${path}" cannot be resolved for credential plugin allowlist check: exec: "${path}": ${why}`,
  )

describe.skipIf(isWindows)('a plugin runs', () => {
  test.each<readonly [why: string, command: string, policy: PluginPolicy | undefined]>([
    ['without a policy', 'plugin', undefined],
    ['by AllowAll', 'plugin', { policyType: 'AllowAll' }],
    ['when its name is listed', 'plugin', allow('other', 'plugin')],
    ['when its path is listed', at('bin', 'plugin'), allow(at('bin', 'plugin'))],
    ['when the path that its name leads to is listed', 'plugin', allow(at('bin', 'plugin'))],
    ['when the name that leads to its path is listed', at('bin', 'plugin'), allow('plugin')],
    [
      'when its path is listed as it is when it is clean',
      `${at('bin')}/.//plugin`,
      allow(at('bin', 'plugin')),
    ],
    [
      'when the path of the link is listed that it is',
      at('links', 'plugin'),
      allow(at('links', 'plugin')),
    ],
    ['when its relative path is listed as it is written', 'bin/plugin', allow('bin/plugin')],
    ['when it is listed twice', 'plugin', allow('plugin', 'plugin')],
  ])('%s', async (_why, command, policy) => {
    const { result, events } = await outcome(command, policy)
    expect(result).toBe('runs')
    expect(events).toEqual([{ command, allowed: true }])
  })
})

describe.skipIf(isWindows)('a plugin does not run', () => {
  test.each<readonly [why: string, command: string, policy: PluginPolicy, error: object]>([
    [
      'by DenyAll',
      'plugin',
      { policyType: 'DenyAll' },
      refused('plugin "plugin" not allowed: policy set to "DenyAll"'),
    ],
    [
      'by DenyAll, which tells its clean path',
      './bin//plugin',
      { policyType: 'DenyAll' },
      refused('plugin "bin/plugin" not allowed: policy set to "DenyAll"'),
    ],
    ['when others are listed', 'plugin', allow('other'), notPermitted(at('bin', 'plugin'))],
    [
      'when one of its name elsewhere is listed',
      'plugin',
      allow(at('other', 'plugin')),
      notPermitted(at('bin', 'plugin')),
    ],
    [
      'when it has the name of one that is listed and found elsewhere',
      at('other', 'plugin'),
      allow('plugin'),
      notPermitted(at('other', 'plugin')),
    ],
    [
      'when it is a link to one that is listed',
      at('links', 'plugin'),
      allow(at('bin', 'plugin')),
      notPermitted(at('links', 'plugin')),
    ],
    [
      'when its relative path is listed, and it is not written so',
      'plugin',
      allow('bin/plugin'),
      notPermitted(at('bin', 'plugin')),
    ],
    [
      'when it is nowhere in PATH',
      'missing',
      allow('plugin'),
      unresolved('missing', 'executable file not found in $PATH'),
    ],
    [
      'when its path leads nowhere',
      at('missing'),
      allow('missing'),
      unresolved(at('missing'), `stat ${at('missing')}: no such file or directory`),
    ],
    [
      'when its path leads through a file',
      at('bin', 'plain', 'x'),
      allow('x'),
      unresolved(at('bin', 'plain', 'x'), `stat ${at('bin', 'plain', 'x')}: not a directory`),
    ],
    [
      'when it cannot be executed',
      at('bin', 'plain'),
      allow('plugin'),
      unresolved(at('bin', 'plain'), 'permission denied'),
    ],
    [
      'when it is a folder',
      at('bin', 'folder'),
      allow('plugin'),
      unresolved(at('bin', 'folder'), 'is a directory'),
    ],
  ])('%s', async (_why, command, policy, error) => {
    const { result, events } = await outcome(command, policy)
    expect(result).toMatchObject({ ...error, details: { command } })
    expect(result).toHaveProperty('hint', expect.any(String))
    expect(events).toEqual([{ command, allowed: false }])
  })

  test('when a relative entry of PATH leads to it, whatever the policy', async () => {
    const relative = { ...host, env: { PATH: 'other' } }
    expect((await outcome('late', allow('plugin'), { host: relative })).result).toMatchObject(
      refused(
        'plugin path "other/late" cannot be resolved for credential plugin allowlist check: ' +
          'exec: "late": cannot run executable found relative to current directory',
      ),
    )
    const { result, events } = await outcome('late', allow('late'), { host: relative })
    expect(result).toMatchObject({ code: 'ERR_EXEC_NOT_FOUND' })
    expect(events).toEqual([{ command: 'late', allowed: true }])
  })

  test('when it is listed as it is written, and missing: that is no question of the policy', async () => {
    const { result, events } = await outcome('missing', allow('missing'))
    expect(result).toMatchObject({ code: 'ERR_EXEC_NOT_FOUND' })
    expect(events).toEqual([{ command: 'missing', allowed: true }])
  })

  test('when it must prompt and cannot; the policy is not asked', async () => {
    const config = { interactiveMode: 'Always' } as const
    const { result, events } = await outcome('plugin', { policyType: 'DenyAll' }, { config })
    expect(result).toMatchObject({ code: 'ERR_EXEC_INTERACTIVE' })
    expect(events).toEqual([])
  })
})

describe.skipIf(isWindows)('the folders of the program', () => {
  test('are looked in for the command and for the entries', async () => {
    const searchPath = [at('other')]
    expect((await outcome('late', allow(at('other', 'late')), { searchPath })).result).toBe('runs')
    expect((await outcome(at('other', 'late'), allow('late'), { searchPath })).result).toBe('runs')
    expect((await outcome(at('other', 'late'), allow('late'))).result).toMatchObject(
      notPermitted(at('other', 'late')),
    )
  })
})

describe('a policy that is none', () => {
  const contradictory: UncheckedPolicy = { policyType: 'DenyAll', allowlist: [] }
  const message =
    'invalid plugin policy: misconfigured credential plugin allowlist: plugin policy is "DenyAll" but allowlist is non-nil'

  test('is refused before any plugin is looked for', () => {
    // What a program in JavaScript can give; the types forbid it.
    const policy = contradictory as PluginPolicy
    expect(() => execProvider({ ...base, command: 'plugin' }, { policy })).toThrow(
      expect.objectContaining({ code: 'ERR_EXEC_POLICY', message }),
    )
  })

  test('comes after a version that does not exist', () => {
    const config = { ...base, apiVersion: 'v2' } as unknown as ExecConfig
    // As above.
    const policy = contradictory as PluginPolicy
    expect(() => execProvider(config, { policy })).toThrow(
      expect.objectContaining({ code: 'ERR_EXEC_CONFIG' }),
    )
  })

  test('is refused by readPluginPolicy, which takes anything', () => {
    expect(readPluginPolicy({ policyType: '' })).toEqual({ policyType: 'AllowAll' })
    expect(() => readPluginPolicy(contradictory)).toThrow(KubecredError)
    expect(() => readPluginPolicy({ policyType: 'allow' })).toThrow(
      'invalid plugin policy: unknown plugin policy: "allow"',
    )
  })
})
