import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { chooseConnection } from '../../src/connect/connection.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

// What client-go's tests of kubeconfig validation assert, of the entries that are used.

const folder = temporaryFolder()
const there = join(folder, 'there')
writeFileSync(there, '')
const missing = join(folder, 'missing')
const exec = 'apiVersion: client.authentication.k8s.io/v1beta1, command: /bin/example'
const twice = `client-certificate: "${there}", client-certificate-data: YQ==, client-key: "${there}", client-key-data: YQ==`
let count = 0

interface Parts {
  readonly user?: string
  readonly cluster?: string
  readonly context?: string
  readonly current?: string
  readonly more?: string
}

async function choose(parts: Parts): Promise<unknown> {
  const { user = '', cluster = 'server: "https://anything"', current = 'x' } = parts
  const kubeconfig = join(folder, `config-${count++}`)
  const lines = [
    `current-context: "${current}"`,
    `contexts: [{name: x, context: {${parts.context ?? 'cluster: c, user: user'}}}]`,
    `clusters: [{name: c, cluster: {${cluster}}}, {name: missing ca, cluster: {server: s, certificate-authority: "${missing}"}}]`,
    `users: [{name: user, user: {${user}}}, {name: error, user: {username: a, token: b}}]`,
  ]
  writeFileSync(kubeconfig, lines.join('\n'))
  return await chooseConnection({ kubeconfig })
}

test.each<[what: string, parts: Parts]>([
  ['a user of whom nothing is said', {}],
  ['a token', { user: 'token: any-value' }],
  [
    'a certificate and a key that can be opened',
    { user: `client-certificate: "${there}", client-key: "${there}"` },
  ],
  ['a server', { cluster: 'server: anything' }],
  [
    'an authority that can be opened',
    { cluster: `server: anything, certificate-authority: "${there}"` },
  ],
  ...['http', 'https', 'socks5'].map((scheme): [string, Parts] => [
    `a proxy of ${scheme}`,
    { cluster: `server: "https://h", proxy-url: "${scheme}://example.com"` },
  ]),
  [
    'an exec entry with arguments and variables',
    { user: `exec: {${exec}, args: [hello, world], env: [{name: foo, value: bar}]}` },
  ],
  ['a variable that is empty', { user: `exec: {${exec}, env: [{name: foo, value: ""}]}` }],
  ['a user to act as', { user: 'as: user' }],
  [
    'a user to act as, with everything else',
    { user: 'as: user, as-uid: abc123, as-groups: [a, b], as-user-extra: {key: [v, w]}' },
  ],
])('%s passes', async (_what, parts) => {
  await expect(choose(parts)).resolves.toMatchObject({ context: 'x' })
})

const impersonation = 'requesting uid, groups or user-extra for user without impersonating a user'

test.each<[what: string, parts: Parts, words: readonly string[]]>([
  ...['socks6://example.com', 'example.com', 'chewbacca@example.com'].map(
    (url): [string, Parts, readonly string[]] => [
      `the proxy ${url}`,
      { cluster: `server: "https://h", proxy-url: "${url}"` },
      [`invalid 'proxy-url' for cluster "c": unsupported scheme`],
    ],
  ),
  ['a cluster without server', { cluster: '' }, ['no server found for cluster "c"']],
  [
    'an authority that is missing',
    { cluster: `server: anything, certificate-authority: "${missing}"` },
    [`unable to read certificate-authority ${missing} for c due to open ${missing}: `],
  ],
  [
    'certificate and key that are missing',
    { user: `client-certificate: "${missing}", client-key: "${missing}"` },
    [
      `unable to read client-cert ${missing} for user`,
      `unable to read client-key ${missing} for user`,
    ],
  ],
  [
    'certificate and key as data and as paths',
    { user: twice },
    [
      'client-cert-data and client-cert are both specified',
      'client-key-data and client-key are both specified',
    ],
  ],
  [
    'a token beside a user name',
    { user: 'token: token, username: username' },
    ['more than one authentication method found for user; found [token basicAuth]'],
  ],
  [
    'an exec entry without version',
    { user: 'exec: {command: /bin/example, interactiveMode: IfAvailable}' },
    ['apiVersion must be specified for user to use exec authentication plugin'],
  ],
  [
    'an exec entry without command',
    { user: 'exec: {apiVersion: client.authentication.k8s.io/v1beta1}' },
    ['command must be specified for user to use exec authentication plugin'],
  ],
  [
    'an exec entry beside an auth provider',
    { user: `exec: {${exec}}, auth-provider: {name: oidc}` },
    ['authProvider cannot be provided in combination with an exec plugin for user'],
  ],
  [
    'a mode that is none',
    { user: `exec: {${exec}, interactiveMode: invalid}` },
    ['invalid interactiveMode for user: "invalid"'],
  ],
  ['groups without a user to act as', { user: 'as-groups: [a, b]' }, [impersonation]],
  ['extra without a user to act as', { user: 'as-user-extra: {key: [v]}' }, [impersonation]],
  ['a UID without a user to act as', { user: 'as-uid: abc123' }, [impersonation]],
  [
    'a context that is not there',
    { current: 'anything' },
    ['context was not found for specified context: anything'],
  ],
  [
    'a user that is not there',
    { context: 'cluster: c, user: garbage' },
    ['user "garbage" was not found for context "x"'],
  ],
  [
    'a cluster that is not there',
    { context: 'cluster: garbage, user: user' },
    ['cluster "garbage" was not found for context "x"'],
  ],
  [
    'a context without cluster',
    { context: 'user: user' },
    ['cluster was not specified for context "x"'],
  ],
])('%s is refused', async (_what, parts, words) => {
  const refused = choose(parts)
  await expect(refused).rejects.toThrow('invalid configuration: ')
  for (const each of words) await expect(refused).rejects.toThrow(each)
})

test('nothing at all is refused', async () => {
  const kubeconfig = join(folder, `config-${count++}`)
  writeFileSync(kubeconfig, '')
  const words = 'invalid configuration: no configuration has been provided'
  await expect(chooseConnection({ kubeconfig })).rejects.toThrow(words)
})

test('what is wrong with other entries does no harm', async () => {
  const broken = { context: 'cluster: missing ca, user: error' }
  await expect(choose(broken)).rejects.toThrow(
    /more than one .*, unable to read certificate-authority/u,
  )
  await expect(choose({})).resolves.toMatchObject({ cluster: 'c', user: 'user' })
})

test('an exec entry without a mode is refused in v1 and may prompt in older versions', async () => {
  const inVersion = (version: string): Promise<unknown> =>
    choose({ user: `exec: {command: a, apiVersion: client.authentication.k8s.io/${version}}` })
  const words = 'interactiveMode must be specified for user to use exec authentication plugin'
  await expect(inVersion('v1')).rejects.toThrow(words)
  for (const version of ['v1beta1', 'v1alpha1']) {
    const auth = { exec: { interactiveMode: 'IfAvailable' } }
    await expect(inVersion(version)).resolves.toMatchObject({ auth })
  }
})
