import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import type { ExecConfig } from '../../src/api/exec-config.ts'
import type { UncheckedPolicy } from '../../src/api/plugin-policy.ts'
import { readPluginPolicy } from '../../src/exec/plugin-policy.ts'
import { execProvider } from '../../src/exec/provider.ts'
import type { Host } from '../../src/host/host.ts'
import { isWindows, scratchFolder } from '../exec/scratch.ts'

// What client-go's table of policies asserts: each policy with each kind of list, for plugins and
// entries that are there or not, by name and by path.

const scratch = scratchFolder()
const apiVersion = 'client.authentication.k8s.io/v1'
const reply = JSON.stringify({ kind: 'ExecCredential', apiVersion, status: { token: 't' } })
scratch.sh('plugin.sh', `echo '${reply}'`)

const host: Host = {
  platform: process.platform,
  env: { PATH: `${scratch.path}:/usr/bin:/bin` },
  home: '',
  cwd: scratch.path,
  stdinIsTerminal: false,
}
const base: Omit<ExecConfig, 'command'> = {
  args: [],
  env: [],
  apiVersion,
  installHint: '',
  provideClusterInfo: false,
  interactiveMode: 'IfAvailable',
}
const { signal } = new AbortController()

interface Case {
  readonly pluginExists: boolean
  readonly pluginByPath: boolean
  readonly entryExists: boolean
  readonly entryByPath: boolean
}

const both = [true, false]
const cases: readonly Case[] = both.flatMap((pluginExists) =>
  both.flatMap((pluginByPath) =>
    both.flatMap((entryExists) =>
      both.map((entryByPath) => ({ pluginExists, pluginByPath, entryExists, entryByPath })),
    ),
  ),
)

function written(exists: boolean, byPath: boolean): string {
  if (!exists) return byPath ? '/this/path/leads/nowhere' : 'not there'
  return byPath ? join(scratch.path, 'plugin.sh') : 'plugin.sh'
}

type Lists = Readonly<Record<string, (entry: string) => UncheckedPolicy['allowlist']>>
const lists: Lists = {
  'no list': () => undefined,
  'an empty list': () => [],
  'a list of one': (command) => [{ command }],
  'a list of three': (command) => [{ command: 'other-1' }, { command }, { command: 'other-2' }],
}

/** What becomes of the plugin: '' when it runs, else what the error says. */
async function outcome(
  { pluginExists, pluginByPath, entryExists, entryByPath }: Case,
  policyType: string,
  list: string,
): Promise<string> {
  const allowlist = lists[list]?.(written(entryExists, entryByPath))
  const command = written(pluginExists, pluginByPath)
  try {
    const policy = readPluginPolicy({ policyType, allowlist }, host)
    const provider = execProvider({ ...base, command }, { host, stderr: 'ignore', policy })
    await provider.provide({ reason: 'first', ahead: false, signal })
    return ''
  } catch (error) {
    return String(error)
  }
}

/** Part of what the error must say; undefined when the plugin must run. */
function expected(
  { pluginExists, entryExists }: Case,
  policyType: string,
  list: string,
): string | undefined {
  switch (policyType) {
    case '':
    case 'AllowAll':
      if (list !== 'no list') return 'allowlist is non-nil'
      return pluginExists ? undefined : 'not found'
    case 'DenyAll':
      return list === 'no list' ? 'policy set to "DenyAll"' : 'allowlist is non-nil'
    case 'Allowlist':
      if (list === 'no list') return 'allowlist is unspecified'
      if (list === 'an empty list') return 'allowlist is empty; use "DenyAll" policy instead'
      if (!pluginExists) return ''
      return entryExists ? undefined : 'is not permitted by the credential plugin allowlist'
    default:
      return 'unknown plugin policy'
  }
}

const policies = ['', 'AllowAll', 'DenyAll', 'Allowlist', 'HIGHLYILLEGAL']
const rows = policies.flatMap((policy) => Object.keys(lists).map((list) => ({ policy, list })))

describe.skipIf(isWindows)('of sixteen plugins and entries the right ones run', () => {
  test.each(rows)('with the policy "$policy" and $list', async ({ policy, list }) => {
    for (const each of cases) {
      const must = expected(each, policy, list)
      const said = await outcome(each, policy, list)
      expect({ ...each, runs: said === '' }).toEqual({ ...each, runs: must === undefined })
      expect(said).toContain(must ?? '')
    }
  })
})
