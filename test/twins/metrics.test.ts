import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { ExecConfig } from '../../src/api/exec-config.ts'
import type { PluginPolicy } from '../../src/api/plugin-policy.ts'
import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import { createCredential, type Credential } from '../../src/credential/credential.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import { execProvider } from '../../src/exec/provider.ts'
import type { Host } from '../../src/host/host.ts'
import { Metrics } from '../../src/metrics/metrics.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { scriptedProvider, settled } from '../credential/scripted-provider.ts'
import { isWindows, scratchFolder } from '../exec/scratch.ts'

// What client-go's tests of its metrics assert.

const minute = 60_000
const authority = createCertificateAuthority()
const clock = createFakeClock()
let metrics: Metrics

beforeEach(() => {
  metrics = new Metrics({ clock })
})

afterEach(() => {
  metrics.close()
})

function samples(name: string): readonly string[] {
  return metrics
    .text()
    .split('\n')
    .filter((line) => line.startsWith(name))
    .map((line) => line.slice(name.length))
}

function until(leftMs: number): Credential {
  const { certificatePem, privateKeyPem } = authority.issue({
    commonName: 'alice',
    usage: 'client',
    notBefore: new Date(clock.now()),
    notAfter: new Date(clock.now() + leftMs),
  })
  return createCredential({ certificate: readClientCertificate(certificatePem, privateKeyPem) })
}

function authenticator(): {
  give(credential: Credential): Promise<void>
  close(): Promise<void>
} {
  const provider = { ...scriptedProvider(), kind: 'exec' }
  const source = new Renewer(provider, { clock })
  let run = 0
  return {
    async give(credential) {
      const renewing = source.renew()
      await settled()
      await provider.run(run++).give(credential)
      await renewing
    },
    close: () => source.close(),
  }
}

test('the time that is told is the shortest of all authenticators that have a certificate', async () => {
  const name = 'rest_client_exec_plugin_ttl_seconds '
  const none = createCredential({ token: 't' })
  const [first, second] = [authenticator(), authenticator()]
  const steps: readonly [typeof first, Credential, string][] = [
    [first, until(10 * minute), '600'],
    [second, until(5 * minute), '300'],
    [second, until(15 * minute), '600'],
    [first, none, '900'],
    [second, none, '+Inf'],
  ]
  for (const [which, credential, told] of steps) {
    await which.give(credential)
    expect(samples(name)).toEqual([told])
  }
  await Promise.all([first.close(), second.close()])
})

describe.skipIf(isWindows)('of plugins that run', () => {
  const scratch = scratchFolder()
  const apiVersion = 'client.authentication.k8s.io/v1beta1'
  const reply = JSON.stringify({ kind: 'ExecCredential', apiVersion, status: { token: 't' } })
  const program = scratch.sh('plugin.sh', `echo '${reply}'; exit "\${CODE:-0}"`)
  const host: Host = {
    platform: process.platform,
    env: { PATH: '/usr/bin:/bin' },
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

  async function run(command: string, times = 1, code = 0, policy?: PluginPolicy): Promise<void> {
    const env = [{ name: 'CODE', value: String(code) }]
    const options = { host, stderr: 'ignore', policy } as const
    const provider = execProvider({ ...base, command, env }, options)
    for (let time = 0; time < times; time++) {
      await provider.provide({ reason: 'first', ahead: false, signal }).catch(() => undefined)
    }
  }

  test('every call is counted by its exit code, and as not found where nothing is', async () => {
    for (const code of [0, 1, 2, 0]) await run(program, 2, code)
    await run('not there, and without a slash')
    await run('./is/not/there')
    await run('/is/not/there')
    expect(samples('rest_client_exec_plugin_call_total').toSorted()).toEqual([
      '{call_status="no_error",code="0"} 4',
      '{call_status="plugin_execution_error",code="1"} 2',
      '{call_status="plugin_execution_error",code="2"} 2',
      '{call_status="plugin_not_found_error",code="1"} 3',
    ])
  })

  test('every decision of the policy is counted', async () => {
    const allow = (...commands: readonly string[]): PluginPolicy => ({
      policyType: 'Allowlist',
      allowlist: commands.map((command) => ({ command })),
    })
    const counted = (): readonly string[] =>
      samples('rest_client_exec_plugin_policy_call_total').toSorted()
    await run(program, 1, 0, { policyType: 'AllowAll' })
    expect(counted()).toEqual(['{status="allowed"} 1'])
    await run(program, 1, 0, { policyType: 'DenyAll' })
    await run('./plugin.sh', 1, 0, allow('foobar', 'plugin.sh'))
    await run('./plugin.sh', 1, 0, allow('foobar', 'baz'))
    expect(counted()).toEqual(['{status="allowed"} 2', '{status="denied"} 2'])
  })
})
