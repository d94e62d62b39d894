import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { difference } from '../../differences.ts'
import type { JsonObject } from '../../../src/api/json.ts'
import type { Case, Differs } from '../case.ts'
import { base64, tokenOf, wrongToken, type Stage } from '../stage.ts'

const unauthorized = 'You must be logged in to the server (Unauthorized)'
const bob = tokenOf('bob')

const wholePath: Differs = { because: difference('whole-paths'), in: ['error'] }

/** Nothing names a server: kubectl has one for that. */
function noServer(ours: string): Pick<Case, 'fails' | 'differs'> {
  return {
    fails: 'The connection to the server localhost:8080 was refused',
    differs: { because: difference('no-default-server'), in: ['error'], ours: { error: ours } },
  }
}

/** Where the configuration comes from, and what is set over it. */
export const sourceCases: readonly Case[] = [...places(), ...overrides(), ...addresses()]

/** A kubeconfig with two contexts, clusters and users: `fake` has a plugin, `second` a token. */
function twofold({ server, other, plugin, caPem }: Stage): JsonObject {
  const authority = { 'certificate-authority-data': base64(caPem) }
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: plugin,
    interactiveMode: 'Never',
  }
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'fake',
    clusters: [
      { name: 'fake', cluster: { server: server.url, ...authority } },
      { name: 'second', cluster: { server: other.url, ...authority } },
    ],
    users: [
      { name: 'fake', user: { exec } },
      { name: 'second', user: { token: bob } },
    ],
    contexts: [
      { name: 'fake', context: { cluster: 'fake', user: 'fake' } },
      { name: 'second', context: { cluster: 'second', user: 'second' } },
      { name: 'broken', context: { cluster: 'none', user: 'second' } },
      { name: 'homeless', context: { user: 'second' } },
    ],
  }
}

function places(): Case[] {
  const none = { kubeconfig: false } as const
  return [
    { name: 'KUBECONFIG', ...none, env: ({ folder }) => ({ KUBECONFIG: `${folder}/config` }) },
    {
      name: 'KUBECONFIG with files that are not there',
      ...none,
      env: ({ folder }) => ({ KUBECONFIG: `/no/such/file:${folder}/config::${folder}/none` }),
    },
    {
      name: 'KUBECONFIG with nothing that is there',
      ...none,
      env: { KUBECONFIG: '/no/such/file:/nor/this' },
      ...noServer('no configuration has been provided'),
    },
    { name: 'KUBECONFIG that is relative', ...none, env: { KUBECONFIG: 'config' } },
    {
      name: 'the flag over KUBECONFIG',
      env: { KUBECONFIG: '/no/such/file' },
    },
    {
      name: 'the file in the home',
      ...none,
      prepare: ({ folder, server, plugin }) => {
        const exec = {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: plugin,
          interactiveMode: 'Never',
        }
        writeHome(folder, server.kubeconfig({ user: { exec } }))
      },
    },
    {
      name: 'a flag that names a file which is not there',
      ...none,
      flags: ['--kubeconfig', 'no-such-file'],
      fails: 'stat no-such-file: no such file or directory',
      differs: wholePath,
    },
    {
      name: 'a flag that names a folder',
      ...none,
      flags: ['--kubeconfig', 'bin'],
      fails: 'error loading config file "bin": read bin: is a directory',
      differs: wholePath,
    },
    {
      name: 'a flag that names a relative path',
      ...none,
      flags: ['--kubeconfig', './bin/../config'],
    },
    { name: 'a flag with an equals sign', ...none, flags: ['--kubeconfig=config'] },
    {
      name: 'two files, of which the first has the context and the second the rest',
      ...none,
      files: (stage) => {
        const { clusters, users, contexts } = stage.server.kubeconfig({ user: { token: bob } })
        return {
          one: { 'current-context': 'fake', ...(contexts === undefined ? {} : { contexts }) },
          two: {
            ...(clusters === undefined ? {} : { clusters }),
            ...(users === undefined ? {} : { users }),
          },
        }
      },
      env: { KUBECONFIG: 'one:two' },
    },
    {
      name: 'two files with the same names, of which the first counts',
      ...none,
      files: ({ server }) => ({
        one: server.kubeconfig({ user: { token: bob } }),
        two: server.kubeconfig({ user: { token: wrongToken } }),
      }),
      env: { KUBECONFIG: 'one:two' },
    },
    {
      name: 'two files with the same user, whose fields do not mix',
      ...none,
      files: ({ server }) => ({
        one: server.kubeconfig({ user: { as: 'carol' } }),
        two: server.kubeconfig({ user: { token: bob } }),
      }),
      env: { KUBECONFIG: 'one:two' },
      fails: 'EOF',
      differs: {
        because: difference('no-password-prompt'),
        in: ['requests', 'stdout', 'error'],
        ours: { requests: [{ statusCode: 401 }] },
      },
    },
    {
      name: 'a command that is relative to the second file, in another folder',
      ...none,
      files: { one: {} },
      prepare: ({ folder, server, bin }) => {
        const exec = {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: './recorder',
          interactiveMode: 'Never',
        }
        writeFileSync(join(bin, 'two'), JSON.stringify(server.kubeconfig({ user: { exec } })))
        writeFileSync(join(folder, 'three'), '{}')
      },
      env: { KUBECONFIG: 'one:bin/two:three' },
    },
    {
      name: 'an empty file',
      ...none,
      files: { empty: '' },
      flags: ['--kubeconfig', 'empty'],
      ...noServer('no configuration has been provided'),
    },
    {
      name: 'a file that is no YAML',
      ...none,
      files: { bad: 'a: [b' },
      flags: ['--kubeconfig', 'bad'],
      fails: 'error loading config file "bad": ',
      differs: wholePath,
    },
    {
      name: 'a file of another kind',
      ...none,
      files: { bad: { apiVersion: 'v1', kind: 'Pod' } },
      flags: ['--kubeconfig', 'bad'],
      fails: 'error loading config file "bad": ',
      differs: wholePath,
    },
    {
      name: 'a list with a name twice',
      config: ({ server }) => {
        const user = { name: 'fake', user: { token: bob } }
        const { users: _users, ...rest } = server.kubeconfig({ user: {} })
        return { ...rest, users: [user, user] }
      },
      fails: 'error loading config file',
      differs: { because: difference('no-secrets-in-errors'), in: ['error'] },
    },
    {
      name: 'fields that nobody knows',
      config: { unknown: { a: 1 } },
      user: { 'unknown-field': 1 },
    },
    { name: 'a kubeconfig without version and kind', config: { apiVersion: '', kind: '' } },
    {
      name: 'preferences and extensions',
      config: { preferences: { colors: true }, extensions: [] },
    },
    {
      name: 'no current context',
      config: { 'current-context': '' },
      ...noServer('no configuration has been provided'),
    },
    {
      name: 'a current context that is not there',
      config: { 'current-context': 'gone' },
      fails: 'context was not found for specified context: gone',
    },
  ]
}

function writeHome(folder: string, config: JsonObject): void {
  mkdirSync(join(folder, 'home/.kube'), { recursive: true })
  writeFileSync(join(folder, 'home/.kube/config'), JSON.stringify(config))
}

function overrides(): Case[] {
  const flags: readonly (readonly [
    flags: string | ((stage: Stage) => string),
    rest?: Partial<Case>,
  ])[] = [
    ['--context=second'],
    ['--context second'],
    ['--context=fake'],
    ['--context=gone', { fails: 'context "gone" does not exist' }],
    ['--context=broken', noServer('cluster "none" was not found for context "broken"')],
    ['--context=homeless', noServer('cluster was not specified for context "homeless"')],
    ['--user=second'],
    ['--user=gone', { fails: 'auth info "gone" does not exist' }],
    ['--cluster=second'],
    ['--cluster=gone', { fails: 'cluster "gone" does not exist' }],
    ['--cluster=second --user=second --context=fake'],
    [`--token=${bob}`],
    [`--token=${wrongToken}`, { fails: unauthorized }],
    ['--token='],
    [`--token=${bob} --user=second`],
    [({ otherUrl }) => `--server=${otherUrl}`],
    [({ other }) => `-s ${other.url}`],
    [
      '--server=https://127.0.0.1:1',
      {
        fails:
          'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
      },
    ],
    [
      '--server=http://127.0.0.1:1',
      {
        fails:
          'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
      },
    ],
    ['--tls-server-name=localhost'],
    [
      '--tls-server-name=elsewhere',
      {
        fails:
          'tls: failed to verify certificate: x509: certificate is valid for localhost, not elsewhere',
      },
    ],
    ['--insecure-skip-tls-verify'],
    ['--insecure-skip-tls-verify=true'],
    ['--insecure-skip-tls-verify=false'],
    [
      '--insecure-skip-tls-verify --certificate-authority=ca.crt',
      { fails: 'specifying a root certificates file with the insecure flag is not allowed' },
    ],
    ['--certificate-authority=ca.crt'],
    [
      '--certificate-authority=other.crt',
      { fails: 'tls: failed to verify certificate: x509: certificate signed by unknown authority' },
    ],
    [
      '--certificate-authority=none.crt',
      {
        fails:
          'unable to read certificate-authority none.crt for fake due to open none.crt: no such file or directory',
      },
    ],
    ['--client-certificate=rita.crt --client-key=rita.key'],
    [
      '--client-certificate=rita.crt',
      {
        fails:
          'client-key-data or client-key must be specified for fake to use the clientCert authentication method.',
      },
    ],
    ['--username=bob --password=x', { fails: unauthorized }],
    [
      `--username=bob --password=x --token=${bob}`,
      { fails: 'more than one authentication method found' },
    ],
    ['--as=carol'],
    ['--as=carol --as-group=devs --as-group=ops --as-uid=42'],
    [
      '--as-group=devs',
      { fails: 'requesting uid, groups or user-extra for fake without impersonating a user' },
    ],
    ['--disable-compression'],
    ['--disable-compression=false'],
    ['--request-timeout=30'],
    ['--request-timeout=30s'],
    ['--request-timeout=0'],
    ['--request-timeout=1m30s'],
    ['--request-timeout=1h'],
    ['--request-timeout=20500ms'],
    [
      '--request-timeout=soon',
      {
        fails: 'Invalid timeout value.',
        differs: {
          because: difference('usage-exit-code'),
          in: ['exitCode'],
          ours: { exitCode: 2 },
        },
      },
    ],
    ['--namespace=other'],
    ['-n other'],
  ]
  return flags.map(([line, rest = {}]) => ({
    name: `flags: ${typeof line === 'string' ? line.replaceAll(/KUBECRED-PLANTED-SECRET/gu, 'token') : '--server, to another host'}`,
    files: (stage) => ({
      'ca.crt': stage.caPem,
      'other.crt': stage.server.clientAuthority.certificatePem,
      'rita.crt': stage.rita.certificatePem,
      'rita.key': stage.rita.privateKeyPem,
      two: twofold(stage),
    }),
    kubeconfig: false as const,
    flags: (stage) => [
      '--kubeconfig',
      'two',
      ...(typeof line === 'string' ? line : line(stage)).split(' '),
    ],
    ...rest,
  }))
}

function addresses(): Case[] {
  return [
    {
      name: 'a server below a path',
      cluster: ({ server }) => ({ server: `${server.url}/k8s/clusters/c-1` }),
      fails: 'Error from server (NotFound)',
      older: [
        {
          before: 36,
          in: ['requests', 'exitCode', 'stdout', 'error'],
          ours: { requests: [{ path: '/k8s/clusters/c-1/api/v1/namespaces/default' }] },
          because: 'its `get --raw` left the path out',
        },
      ],
    },
    {
      name: 'a server without a scheme',
      cluster: { server: '127.0.0.1:1' },
      fails:
        'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
    },
    {
      name: 'a server that is no address',
      cluster: { server: 'https://[' },
      fails: 'host must be a URL or a host:port pair: ',
      loosely: true,
    },
    {
      name: 'a server of another scheme',
      cluster: { server: 'ftp://127.0.0.1:1' },
      fails: 'unsupported protocol scheme',
      loosely: true,
    },
    {
      name: 'no server',
      cluster: { server: '' },
      ...noServer('no server found for cluster "fake"'),
    },
    {
      name: 'a server whose certificate is not for its name',
      cluster: ({ server }) => ({
        server: `https://localhost:${server.port}`,
        'tls-server-name': 'elsewhere.example',
      }),
      fails:
        'tls: failed to verify certificate: x509: certificate is valid for localhost, not elsewhere.example',
    },
    {
      name: 'an authority that did not issue the certificate',
      cluster: ({ server }) => ({
        'certificate-authority-data': base64(server.clientAuthority.certificatePem),
      }),
      fails: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    },
    {
      name: 'no authority',
      cluster: { 'certificate-authority-data': '' },
      fails: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    },
    {
      name: 'an authority that is no certificate',
      cluster: { 'certificate-authority-data': base64('hello') },
      fails: 'unable to load root certificates: unable to parse bytes as PEM block',
    },
    {
      name: 'an authority that is no base64',
      cluster: { 'certificate-authority-data': '***' },
      fails: ({ folder }) => `error loading config file "${folder}/config": `,
      loosely: true,
    },
  ]
}
