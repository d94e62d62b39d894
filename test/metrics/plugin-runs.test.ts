import { describe, expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import type { ExecConfig } from '../../src/api/exec-config.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import { execProvider, type ExecOptions } from '../../src/exec/provider.ts'
import type { Host } from '../../src/host/host.ts'
import { Metrics } from '../../src/metrics/metrics.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { isWindows, scratchFolder } from '../exec/scratch.ts'

const scratch = scratchFolder()
const apiVersion = 'client.authentication.k8s.io/v1'
const authority = createCertificateAuthority()
const clock = createFakeClock()

const host: Host = {
  platform: process.platform,
  env: { PATH: '/usr/bin:/bin' },
  home: '/parent/home',
  cwd: scratch.path,
  stdinIsTerminal: false,
}

const base: ExecConfig = {
  command: '',
  args: [],
  env: [],
  apiVersion,
  installHint: '',
  provideClusterInfo: false,
  interactiveMode: 'Never',
}

function sourceOf(
  command: string,
  options: ExecOptions & Partial<Pick<ExecConfig, 'interactiveMode'>> = {},
): Renewer {
  const { interactiveMode = base.interactiveMode, ...settings } = options
  const config = { ...base, command, interactiveMode }
  const provider = execProvider(config, { host, clock, stderr: 'ignore', ...settings })
  return new Renewer(provider, { clock })
}

function replying(name: string, status: object): string {
  return scratch.file(name, JSON.stringify({ kind: 'ExecCredential', apiVersion, status }))
}

/** Runs a plugin once; gives the calls that were counted meanwhile. */
async function countedFor(
  command: string,
  options?: Parameters<typeof sourceOf>[1],
): Promise<readonly string[]> {
  using metrics = new Metrics({ clock })
  await using source = sourceOf(command, options)
  await source.get().catch(() => undefined)
  const text = metrics.text()
  expect(text.includes(plantedSecret)).toBe(false)
  return text.match(/(?<=^rest_client_exec_plugin_call_total).*/gmu) ?? []
}

function series(code: number, status: string): readonly string[] {
  return [`{call_status="${status}",code="${code}"} 1`]
}

describe.skipIf(isWindows)('a plugin that really runs', () => {
  test('is counted as no error when it gives a credential', async () => {
    const reply = replying('reply', { token: `${plantedSecret}-token` })
    const plugin = scratch.sh('gives', `cat ${reply}`)
    expect(await countedFor(plugin)).toEqual(series(0, 'no_error'))
  })

  test('is counted as no error when its reply is of no use', async () => {
    const plugin = scratch.sh('babbles', `echo ${plantedSecret}`)
    expect(await countedFor(plugin)).toEqual(series(0, 'no_error'))
  })

  test.each([1, 3, 255])('is counted with its exit code %d', async (code) => {
    const plugin = scratch.sh(`fails-${code}`, `echo ${plantedSecret} >&2; exit ${code}`)
    expect(await countedFor(plugin)).toEqual(series(code, 'plugin_execution_error'))
  })

  test('is counted with -1 when a signal ends it', async () => {
    const plugin = scratch.sh('falls', 'kill -KILL $$')
    expect(await countedFor(plugin)).toEqual(series(-1, 'plugin_execution_error'))
  })

  test('is counted as not found when it is not there, or cannot be executed', async () => {
    const notFound = series(1, 'plugin_not_found_error')
    expect(await countedFor('kubecred-no-such-plugin')).toEqual(notFound)
    expect(await countedFor(`${scratch.path}/missing`)).toEqual(notFound)
    const noProgram = scratch.file('no-program', 'no program', 0o755)
    expect(await countedFor(noProgram)).toEqual(notFound)
    const noInterpreter = scratch.file('no-interpreter', '#!/no/such/program\n', 0o755)
    expect(await countedFor(noInterpreter)).toEqual(notFound)
  })

  test('is counted as an internal error when Kubecred stops it', async () => {
    const plugin = scratch.sh('long', 'echo 1234567890')
    const limited = await countedFor(plugin, { maxOutputBytes: 5 })
    expect(limited).toEqual(series(1, 'client_internal_error'))
  })

  test('is not counted when it must prompt and cannot', async () => {
    const plugin = scratch.sh('asks', 'exit 0')
    expect(await countedFor(plugin, { interactiveMode: 'Always' })).toEqual([])
  })

  test('is seen by its certificate: until when it holds, and how old it became', async () => {
    const reply = scratch.file('certificate', '')
    const issue = (leftMs: number): void => {
      const { certificatePem, privateKeyPem } = authority.issue({
        commonName: 'alice',
        usage: 'client',
        notBefore: new Date(clock.now()),
        notAfter: new Date(clock.now() + leftMs),
      })
      replying('certificate', {
        clientCertificateData: certificatePem,
        clientKeyData: privateKeyPem,
      })
    }
    using metrics = new Metrics({ clock })
    await using source = sourceOf(scratch.sh('certifies', `cat ${reply}`))
    issue(3_600_000)
    await source.get()
    expect(metrics.text()).toContain('\nrest_client_exec_plugin_ttl_seconds 3600\n')
    clock.advance(700_000)
    expect(metrics.text()).toContain('\nrest_client_exec_plugin_ttl_seconds 2900\n')
    issue(7_200_000)
    await source.renew()
    const text = metrics.text()
    expect(text).toContain('\nrest_client_exec_plugin_ttl_seconds 7200\n')
    expect(text).toContain('_rotation_age_bucket{le="600"} 0\n')
    expect(text).toContain('_rotation_age_bucket{le="1800"} 1\n')
    expect(text).toContain('_rotation_age_sum 700\n')
  })
})
