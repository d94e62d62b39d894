import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

import { run } from '../../src/cli/run.ts'
import { until } from '../testing/until.ts'
import { FakeTerminal, runCli, type Ended } from './fake-terminal.ts'
import { liveCluster, plantedToken } from './live-cluster.ts'

const cluster = liveCluster()

const credential = (...args: readonly string[]): Promise<Ended> => runCli(['credential', ...args])

async function describeAs(path: string, ...args: readonly string[]): Promise<unknown> {
  const { exitCode, stdout, stderr } = await credential('-o', 'json', '--kubeconfig', path, ...args)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return JSON.parse(stdout)
}

describe('the credential of a plugin', () => {
  test('is waited for no longer than --request-timeout says', async () => {
    await cluster.plugin.behave({ hang: true })
    const args = ['--request-timeout=1s', '--kubeconfig', cluster.withPlugin]
    const { exitCode, stdout, stderr } = await credential(...args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(
      /^error: getting credentials: exec plugin ".*" gave no credential in 1 s\nhint: run .* by hand /u,
    )
  })

  test('is described for people, without the token', async () => {
    const { exitCode, stdout, stderr } = await credential('--kubeconfig', cluster.withPlugin)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.replace(/: +/u, ': '))).toEqual([
      `Source: exec plugin "${cluster.plugin.command}"`,
      `Kubeconfig: ${cluster.withPlugin}`,
      'Context: fake',
      'Cluster: fake',
      'User: fake',
      'Namespace: default',
      `Server: ${cluster.server.url}`,
      'Token: [redacted]',
      expect.stringMatching(/^Expires: \d{4}-\S+Z \(in (?:1h|59m\d+s)\)$/u),
      expect.stringMatching(/^Renewal due: \d{4}-\S+Z \(in (?:48m|47m\d+s)\)$/u),
    ])
    // All values begin in the same column.
    expect(
      new Set(
        lines
          .map((line) => /: +/u.exec(line))
          .map((gap) => (gap?.index ?? 0) + (gap?.[0].length ?? 0)),
      ).size,
    ).toBe(1)
  })

  test('is described for programs, without the token', async () => {
    expect(await describeAs(cluster.withPlugin)).toEqual({
      source: { kind: 'exec', command: cluster.plugin.command },
      files: [cluster.withPlugin],
      context: 'fake',
      cluster: 'fake',
      user: 'fake',
      namespace: 'default',
      server: cluster.server.url,
      token: '[redacted]',
      expiresAt: expect.stringMatching(/Z$/u) as string,
      renewalDueAt: expect.stringMatching(/Z$/u) as string,
    })
  })

  test('with a certificate shows whose it is', async () => {
    const url = cluster.server.pluginEndpoint
    await cluster.plugin.behave({ issueFrom: { url, kind: 'both', user: 'bob', groups: ['ops'] } })
    const described = await describeAs(cluster.withPlugin)
    expect(described).toMatchObject({
      token: '[redacted]',
      clientCertificate: {
        subject: 'O=ops, CN=bob',
        certificatePem: expect.stringContaining('-----BEGIN CERTIFICATE-----') as string,
        privateKeyPem: '[redacted]',
      },
    })
    expect(JSON.stringify(described)).not.toContain('PRIVATE KEY')
  })

  test('is told from the point of view of a plugin', async () => {
    const args = ['credential', '-o', 'exec-credential', '--kubeconfig', cluster.withPlugin]
    const info = { apiVersion: 'client.authentication.k8s.io/v1beta1', kind: 'ExecCredential' }
    const { exitCode, stdout } = await runCli(args, {
      env: { KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    })
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      ...info,
      status: { token: expect.stringMatching(/^fake-alice\./u) as string },
    })
  })

  test("is missed with the words of the plugin's failure", async () => {
    await cluster.plugin.behave({ exitCode: 4 })
    const { exitCode, stdout, stderr } = await credential('--kubeconfig', cluster.withPlugin)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^error: exec: executable .* failed with exit code 4\nhint: /u)
  })

  test('is not waited for after Ctrl-C', async () => {
    await cluster.plugin.behave({ hang: true })
    const terminal = new FakeTerminal()
    const ending = run(['credential', '--kubeconfig', cluster.withPlugin], terminal)
    await until(async () => (await cluster.plugin.runs()).length === 1)
    terminal.signal('SIGINT')
    expect(await ending).toBe(130)
    expect(terminal.err).toBe('')
  })

  test('is followed by -v', async () => {
    const { stderr } = await credential('-v=1', '--kubeconfig', cluster.withPlugin)
    expect(stderr).toMatch(/^plugin .* started \(pid \d+, first\)\n/u)
  })
})

describe('the secrets are shown on request', () => {
  test('for programs', async () => {
    expect(await describeAs(cluster.withToken, '--show-secrets')).toMatchObject({
      token: plantedToken,
    })
  })

  test('for people', async () => {
    const { stdout } = await credential('--show-secrets', '--kubeconfig', cluster.withToken)
    expect(stdout).toContain(`Token:       ${plantedToken}\n`)
  })

  test('in several lines where they have several', async () => {
    const { certificatePem, privateKeyPem } = cluster.server.issueCertificate({ user: 'carol' })
    const path = await cluster.kubeconfig('certificate', {
      'client-certificate-data': Buffer.from(certificatePem).toString('base64'),
      'client-key-data': Buffer.from(privateKeyPem).toString('base64'),
    })
    const { stdout } = await credential('--show-secrets', '--kubeconfig', path)
    expect(stdout).toMatch(/^Private key: {2}-----BEGIN PRIVATE KEY-----\n {14}\S+\n/mu)
    expect(stdout).toContain('Certificate:  CN=carol\n')
    expect(stdout).toMatch(/^Expires: {6}\S+ \(in /mu)
  })
})

describe('what stands in the configuration is described by its kind', () => {
  test('a token', async () => {
    expect(await describeAs(cluster.withToken)).toMatchObject({
      source: { kind: 'token' },
      token: '[redacted]',
    })
  })

  test('a token file', async () => {
    const tokenFile = join(cluster.folder, 'token')
    writeFileSync(tokenFile, plantedToken)
    const path = await cluster.kubeconfig('token-file', { tokenFile })
    const described = await describeAs(path)
    expect(described).toMatchObject({ source: { kind: 'token-file', path: tokenFile } })
    // Its end is only when it is read again.
    expect(described).not.toHaveProperty('expiresAt')
    const { stdout } = await credential('--kubeconfig', path)
    expect(stdout).toContain(`token file ${tokenFile}\n`)
    expect(stdout).toContain('not said\n')
  })

  test('a password', async () => {
    const password = 'KUBECRED-PLANTED-SECRET-password'
    const path = await cluster.kubeconfig('basic', { username: 'dave', password })
    expect(await describeAs(path)).toMatchObject({
      source: { kind: 'basic' },
      username: 'dave',
      password: '[redacted]',
    })
    expect(await describeAs(path, '--show-secrets')).toMatchObject({ password })
    const { stdout } = await credential('--kubeconfig', path)
    expect(stdout).toContain('Source:      user name and password of the configuration\n')
  })

  test('nothing', async () => {
    const path = await cluster.kubeconfig('anonymous', {})
    const { stdout } = await credential('--kubeconfig', path)
    expect(stdout).toContain('Source:      none: requests are anonymous\n')
    expect(stdout).not.toMatch(/Token|Expires/u)
  })

  test('a plugin that a flag has switched off', async () => {
    expect(await describeAs(cluster.withPlugin, '--token', plantedToken)).toMatchObject({
      source: { kind: 'token' },
    })
    expect(await cluster.plugin.runs()).toEqual([])
  })
})

test('YAML says what JSON says', async () => {
  const { exitCode, stdout } = await credential('-o=yaml', '--kubeconfig', cluster.withToken)
  expect(exitCode).toBe(0)
  expect(parse(stdout)).toEqual(await describeAs(cluster.withToken))
})
