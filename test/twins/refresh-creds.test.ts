import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import type { ExecApiVersion, ExecCluster, ExecConfig } from '../../src/api/exec-config.ts'
import type { Credential } from '../../src/credential/credential.ts'
import { execProvider } from '../../src/exec/provider.ts'
import type { Host } from '../../src/host/host.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { isWindows, scratchFolder } from '../exec/scratch.ts'

// What client-go's TestRefreshCreds asserts: what one run of a plugin is told, and what comes of it.

const scratch = scratchFolder()
const kind = 'ExecCredential'
const v1 = 'client.authentication.k8s.io/v1'
const v1beta1 = 'client.authentication.k8s.io/v1beta1'
const { certificatePem, privateKeyPem } = createCertificateAuthority().issue({
  commonName: 'openshift-client',
  usage: 'client',
})

const toldFile = join(scratch.path, 'told')
const command = scratch.sh(
  'plugin',
  `printf %s "$KUBERNETES_EXEC_INFO" >'${toldFile}'; printf %s "$OUTPUT"; exit "$EXIT_CODE"`,
)

const cluster: ExecCluster = {
  server: 'foo',
  tlsServerName: 'bar',
  insecureSkipTlsVerify: false,
  certificateAuthorityData: Buffer.from('baz'),
  proxyUrl: '',
  disableCompression: false,
  config: { kind: 'PluginConfig', apiVersion: 'group/v1', spec: { audience: 'snorlax' } },
}

interface Run {
  readonly config?: Partial<ExecConfig>
  readonly status?: object | undefined
  /** Replaces the version in the reply. */
  readonly replied?: string
  readonly exitCode?: number
  readonly terminal?: boolean
  readonly unavailable?: boolean
  readonly message?: string
}

async function run(options: Run = {}): Promise<Credential> {
  const { status = { token: 'foo-bar' }, exitCode = 0, replied, terminal = false } = options
  const config: ExecConfig = {
    command,
    args: [],
    apiVersion: v1beta1,
    installHint: '',
    provideClusterInfo: false,
    interactiveMode: 'IfAvailable',
    ...options.config,
    env: [
      { name: 'OUTPUT', value: replyOf(replied ?? options.config?.apiVersion ?? v1beta1, status) },
      { name: 'EXIT_CODE', value: String(exitCode) },
    ],
  }
  const host: Host = {
    platform: process.platform,
    env: { PATH: '/usr/bin:/bin' },
    home: scratch.path,
    cwd: scratch.path,
    stdinIsTerminal: terminal,
  }
  const provider = execProvider(config, {
    host,
    cluster,
    stderr: 'ignore',
    stdinUnavailable: options.unavailable,
    stdinUnavailableMessage: options.message,
  })
  const { signal } = new AbortController()
  return await provider.provide({ reason: 'first', ahead: false, signal })
}

function replyOf(apiVersion: string, status: object): string {
  return JSON.stringify({
    kind,
    ...(apiVersion === '' ? {} : { apiVersion }),
    ...('none' in status ? {} : { status }),
  })
}

/** What the plugin was told. */
function told(): unknown {
  return JSON.parse(readFileSync(toldFile, 'utf8'))
}

const noStatus = { none: true }

describe.skipIf(isWindows)('a plugin is told, and its token is used,', () => {
  test.each<[title: string, run: Run, interactive: boolean]>([
    ['where nothing is said of the mode', {}, false],
    ['in v1 as well', { config: { apiVersion: v1 } }, false],
    ['with Never', { config: { interactiveMode: 'Never' } }, false],
    [
      'with Never and no standard input',
      { config: { interactiveMode: 'Never' }, unavailable: true },
      false,
    ],
    ['with IfAvailable', { config: { interactiveMode: 'IfAvailable' } }, false],
    [
      'with IfAvailable and no standard input',
      { config: { interactiveMode: 'IfAvailable' }, unavailable: true },
      false,
    ],
    [
      'with IfAvailable and a terminal',
      { config: { interactiveMode: 'IfAvailable' }, terminal: true },
      true,
    ],
    [
      'with IfAvailable, a terminal and no standard input',
      { config: { interactiveMode: 'IfAvailable' }, terminal: true, unavailable: true },
      false,
    ],
    ['with Always and a terminal', { config: { interactiveMode: 'Always' }, terminal: true }, true],
    [
      'without the cluster that it did not ask for',
      { config: { provideClusterInfo: false } },
      false,
    ],
  ])('%s', async (_title, options, interactive) => {
    const apiVersion: ExecApiVersion = options.config?.apiVersion ?? v1beta1
    expect((await run(options)).authorization?.reveal()).toBe('Bearer foo-bar')
    expect(told()).toEqual({ kind, apiVersion, spec: { interactive } })
  })

  test('of its cluster, when it asks', async () => {
    await run({ config: { provideClusterInfo: true } })
    const { config } = cluster
    const authority = { 'certificate-authority-data': 'YmF6' }
    expect(told()).toEqual({
      kind,
      apiVersion: v1beta1,
      spec: {
        cluster: { server: 'foo', 'tls-server-name': 'bar', ...authority, config },
        interactive: false,
      },
    })
  })
})

describe.skipIf(isWindows)('a plugin that gives', () => {
  test('a certificate makes a credential of the pair alone', async () => {
    const status = { clientCertificateData: certificatePem, clientKeyData: privateKeyPem }
    const { certificate, token } = await run({ status })
    expect(certificate?.subject).toContain('openshift-client')
    expect(token).toBeUndefined()
    expect(told()).toEqual({ kind, apiVersion: v1beta1, spec: { interactive: false } })
  })

  test('an end makes a credential with that end', async () => {
    const expirationTimestamp = '2006-01-02T15:04:05Z'
    const { expiresAt } = await run({ status: { token: 'foo-bar', expirationTimestamp } })
    expect(expiresAt).toBe(Date.UTC(2006, 0, 2, 15, 4, 5))
  })
})

describe.skipIf(isWindows)('a run fails', () => {
  test.each<[title: string, run: Run, words: string]>([
    [
      'for a pair that is no PEM',
      { status: { clientCertificateData: 'bar', clientKeyData: 'foo' } },
      'failed parsing client key/certificate: ',
    ],
    [
      'for a certificate without key',
      { status: { clientCertificateData: certificatePem } },
      'exec plugin returned only certificate or key, not both',
    ],
    [
      'for a reply without version',
      { replied: '' },
      'exec plugin is configured to use API version',
    ],
    [
      'for a reply without status',
      { status: noStatus },
      "exec plugin didn't return a status field",
    ],
    ['for an empty status', { status: {} }, "exec plugin didn't return a token or cert/key pair"],
    ['with the exit code of the plugin', { exitCode: 73 }, 'failed with exit code 73'],
    [
      'with the hint of a plugin that is not there',
      { config: { command: 'does not exist', installHint: 'some install hint' } },
      'some install hint',
    ],
    [
      'with Always and no terminal',
      { config: { interactiveMode: 'Always' } },
      'exec plugin cannot support interactive mode: standard input is not a terminal',
    ],
    [
      'with Always, a terminal and no standard input',
      { config: { interactiveMode: 'Always' }, terminal: true, unavailable: true },
      'exec plugin cannot support interactive mode: standard input is unavailable',
    ],
    [
      'with Always, a terminal and no standard input, saying why',
      {
        config: { interactiveMode: 'Always' },
        terminal: true,
        unavailable: true,
        message: 'some message',
      },
      'exec plugin cannot support interactive mode: standard input is unavailable: some message',
    ],
    [
      'in v1 without a mode',
      // A program in JavaScript can leave it out all the same.
      { config: { apiVersion: v1, interactiveMode: '' as 'Never' } },
      'exec plugin cannot support interactive mode: unknown interactiveMode: ""',
    ],
  ])('%s', async (_title, options, words) => {
    await expect(run(options)).rejects.toThrow(words)
  })
})
