import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import {
  createFakePlugin,
  startApiServer,
  writeKubeconfig,
  type FakeApiServer,
  type FakePlugin,
  type PluginBehaviour,
} from '../../src/doors/testing.ts'
import { besideKubectl, hasKubectl, kubectlPath } from '../kubeconfig/kubectl.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { temporaryHome } from '../testing/temporary-home.ts'

const folder = temporaryFolder()
const main = join(import.meta.dirname, '../../src/cli/main.ts')
const v1 = 'client.authentication.k8s.io/v1'

interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

interface Case {
  readonly name: string
  readonly behave?: (server: FakeApiServer) => PluginBehaviour
  readonly exec?: JsonObject
  readonly user?: JsonObject
  readonly cluster?: JsonObject
  readonly env?: Readonly<Record<string, string>>
  readonly path?: string
  /** Leading words that both print; without them both succeed. */
  readonly fails?: string
}

const issue =
  (kind: 'token' | 'certificate' | 'both') =>
  (server: FakeApiServer): PluginBehaviour => ({ issueFrom: { url: server.pluginEndpoint, kind } })

const reply = (credential: JsonObject) => (): PluginBehaviour => ({ credential })
const prints = (stdout: string) => (): PluginBehaviour => ({ stdout })
const credentials = 'getting credentials:'

const cases: readonly Case[] = [
  { name: 'a token', behave: issue('token') },
  { name: 'a certificate', behave: issue('certificate') },
  { name: 'a token and a certificate', behave: issue('both') },
  {
    name: 'cluster info with an extension that Go would escape',
    exec: { provideClusterInfo: true },
    cluster: {
      'tls-server-name': 'localhost',
      'disable-compression': true,
      extensions: [
        {
          name: 'client.authentication.k8s.io/exec',
          extension: { z: '<a & b>', a: [1, 2.5, true, null], m: { y: '', x: 'ü' } },
        },
      ],
    },
  },
  { name: 'cluster info without an extension', exec: { provideClusterInfo: true } },
  { name: 'an extension that nobody asked for', cluster: { extensions: [] } },
  {
    name: 'arguments, as they are written',
    exec: { args: ['--flag', '$HOME', 'two words', '"quoted"', '*', '', 'ü'] },
  },
  {
    name: 'variables of the entry over those of the parent, the last of a name, and none over exec info',
    exec: {
      env: [
        { name: 'FROM_BOTH', value: 'entry' },
        { name: 'TWICE', value: '1' },
        { name: 'TWICE', value: '2' },
        { name: 'EMPTY', value: '' },
        { name: 'KUBERNETES_EXEC_INFO', value: 'mine' },
      ],
    },
    env: { FROM_BOTH: 'parent', FROM_PARENT: 'parent' },
  },
  { name: 'v1beta1', exec: { apiVersion: 'client.authentication.k8s.io/v1beta1' } },
  { name: 'IfAvailable without a terminal', exec: { interactiveMode: 'IfAvailable' } },
  {
    name: 'a static token over the plugin',
    user: { token: 'static' },
    fails: 'error: You must be logged in to the server (Unauthorized)',
  },
  {
    name: 'user and password over the plugin',
    user: { username: 'ann', password: 'secret' },
    fails: 'error: You must be logged in to the server (Unauthorized)',
  },
  {
    name: 'Always without a terminal',
    exec: { interactiveMode: 'Always' },
    fails: `${credentials} exec plugin cannot support interactive mode: standard input is not a terminal`,
  },
  {
    name: 'v1 without an interactive mode',
    exec: { interactiveMode: '' },
    fails: 'interactiveMode must be specified for fake to use exec authentication plugin',
  },
  {
    name: 'a plugin that fails',
    behave: () => ({ exitCode: 3, stderr: 'no\n' }),
    fails: 'failed with exit code 3',
  },
  {
    name: 'a plugin that a signal ends',
    behave: () => ({ signal: 'SIGKILL' }),
    fails: 'failed with exit code -1',
  },
  {
    name: 'a plugin that prints nothing',
    behave: () => ({}),
    fails: `${credentials} exec plugin is configured to use API version ${v1}, plugin returned version client.authentication.k8s.io/__internal`,
  },
  { name: 'noise', behave: prints('hello'), fails: `${credentials} decoding stdout: ` },
  {
    name: 'noise before the reply',
    behave: prints('warning\n{"kind":"ExecCredential"}'),
    fails: `${credentials} decoding stdout: `,
  },
  {
    name: 'another version',
    behave: reply({ apiVersion: 'client.authentication.k8s.io/v1beta1', status: { token: 'x' } }),
    fails: `${credentials} exec plugin is configured to use API version ${v1}, plugin returned version client.authentication.k8s.io/v1beta1`,
  },
  {
    name: 'no version',
    behave: prints('{"kind":"ExecCredential","status":{"token":"x"}}'),
    fails: `${credentials} exec plugin is configured to use API version ${v1}, plugin returned version client.authentication.k8s.io/__internal`,
  },
  {
    name: 'another kind',
    behave: prints(`{"kind":"Pod","apiVersion":"${v1}","status":{"token":"x"}}`),
    fails: `${credentials} decoding stdout: no kind "Pod" is registered for version "${v1}"`,
  },
  {
    name: 'no status',
    behave: reply({}),
    fails: `${credentials} exec plugin didn't return a status field`,
  },
  {
    name: 'an empty status',
    behave: reply({ status: {} }),
    fails: `${credentials} exec plugin didn't return a token or cert/key pair`,
  },
  {
    name: 'half a pair',
    behave: reply({ status: { clientCertificateData: 'x' } }),
    fails: `${credentials} exec plugin returned only certificate or key, not both`,
  },
  {
    name: 'a pair that is none',
    behave: reply({ status: { clientCertificateData: 'x', clientKeyData: 'y' } }),
    fails: `${credentials} failed parsing client key/certificate: tls: failed to find any PEM data in certificate input`,
  },
  {
    name: 'a timestamp that is none',
    behave: reply({ status: { token: 'x', expirationTimestamp: 'tomorrow' } }),
    fails: `${credentials} decoding stdout: `,
  },
  {
    name: 'a plugin that is not there',
    exec: { command: 'kubecred-no-such-plugin', installHint: 'Get it from \u001B[31mus\u001B[0m.' },
    fails: `${credentials} exec: executable kubecred-no-such-plugin not found`,
  },
  {
    name: 'a reply in YAML',
    behave: prints(`apiVersion: ${v1}\nkind: ExecCredential\nstatus:\n  token: unknown\n`),
    fails: 'error: You must be logged in to the server (Unauthorized)',
  },
  {
    name: 'an answer of the server that is an error',
    path: '/api/v1/namespaces/nowhere',
    fails: 'Error from server (NotFound): namespaces "nowhere" not found',
  },
]

describe.skipIf(!hasKubectl)(besideKubectl('kubecred request and kubectl get --raw'), () => {
  let server: FakeApiServer
  let plugin: FakePlugin

  beforeAll(async () => {
    server = await startApiServer()
    const directory = join(folder, 'bin')
    mkdirSync(directory)
    plugin = await createFakePlugin({
      directory,
      recordEnv: ['FROM_BOTH', 'FROM_PARENT', 'TWICE', 'EMPTY', 'HOME'],
    })
  })

  afterAll(async () => {
    await server.close()
  })

  async function observe(tool: 'kubectl' | 'kubecred', kubeconfig: string, { env, path }: Case) {
    await plugin.clearRuns()
    server.clearRequests()
    const target = path ?? '/api/v1/namespaces/default'
    const [command, args] =
      tool === 'kubectl'
        ? [kubectlPath ?? 'kubectl', ['get', '--raw', target]]
        : [process.execPath, [main, 'request', target]]
    const outcome = await run(command, [...args, '--kubeconfig', kubeconfig], env ?? {})
    const runs = await plugin.runs()
    return {
      ...outcome,
      runs: runs.map(({ argv, execInfo, env: seen, stdin, cwd }) => ({
        ...{ argv, execInfo, env: seen, stdin, cwd },
      })),
      requests: server.requests.map((request) => ({
        method: request.method,
        path: request.path,
        user: request.user,
        statusCode: request.statusCode,
        bearer: request.headers.authorization?.split(' ')[0],
        certificate: request.clientCertificateSubject,
        serverName: request.tlsServerName,
      })),
    }
  }

  test.each(cases)('agree on $name', async (one) => {
    await plugin.behave((one.behave ?? issue('token'))(server))
    const exec = { apiVersion: v1, command: plugin.command, interactiveMode: 'Never', ...one.exec }
    const kubeconfig = join(folder, 'config')
    await writeKubeconfig(
      kubeconfig,
      server.kubeconfig({ user: { exec, ...one.user }, cluster: one.cluster ?? {} }),
    )
    const theirs = await observe('kubectl', kubeconfig, one)
    const ours = await observe('kubecred', kubeconfig, one)

    expect(ours.runs).toEqual(theirs.runs)
    expect(ours.requests).toEqual(theirs.requests)
    expect(ours.exitCode).toBe(theirs.exitCode)
    expect(theirs.exitCode === 0).toBe(one.fails === undefined)
    expect(asJson(ours.stdout)).toEqual(asJson(theirs.stdout))
    expect(theirs.stderr).toContain(one.fails ?? '')
    expect(ours.stderr).toContain(one.fails ?? '')
  })

  test('agree on a command that is relative to its kubeconfig', async () => {
    await plugin.behave(issue('token')(server))
    const kubeconfig = join(folder, 'relative')
    const command = `./bin/${basename(plugin.command)}`
    const exec = { apiVersion: v1, command, interactiveMode: 'Never' }
    await writeKubeconfig(kubeconfig, server.kubeconfig({ user: { exec } }))
    const theirs = await observe('kubectl', kubeconfig, { name: '' })
    const ours = await observe('kubecred', kubeconfig, { name: '' })
    expect(theirs.exitCode).toBe(0)
    expect(ours.exitCode).toBe(0)
    expect(ours.runs).toEqual(theirs.runs)
    expect(ours.requests).toEqual(theirs.requests)
  })

  test('agree on files that are relative to their kubeconfig', async () => {
    const { certificatePem, privateKeyPem } = server.issueCertificate({ user: 'rita' })
    writeFileSync(join(folder, 'rita.crt'), certificatePem)
    writeFileSync(join(folder, 'rita.key'), privateKeyPem)
    writeFileSync(join(folder, 'ca.crt'), server.certificateAuthorityPem)
    const kubeconfig = join(folder, 'files')
    const config = server.kubeconfig({
      user: { 'client-certificate': 'rita.crt', 'client-key': './rita.key' },
      cluster: { 'certificate-authority': 'ca.crt', 'certificate-authority-data': '' },
    })
    await writeKubeconfig(kubeconfig, config)
    const theirs = await observe('kubectl', kubeconfig, { name: '' })
    const ours = await observe('kubecred', kubeconfig, { name: '' })
    expect(theirs.requests.map(({ user }) => user)).toEqual(['rita'])
    expect(ours.requests).toEqual(theirs.requests)
  })
})

function asJson(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text)
}

function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const inherited = { PATH: process.env['PATH'] ?? '', HOME: temporaryHome }
  return new Promise((resolve) => {
    const options = { env: { ...inherited, ...env }, timeout: 20_000 }
    const child = execFile(command, [...args], options, (error, stdout, stderr) => {
      const code = error?.code
      resolve({
        exitCode: error === null ? 0 : typeof code === 'number' ? code : -1,
        stdout,
        stderr,
      })
    })
    child.stdin?.end()
  })
}
