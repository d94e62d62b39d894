import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'

import { describe, expect, test } from 'vitest'

import { KubecredError } from '../../src/errors/kubecred-error.ts'
import type { ConnectionConfig } from '../../src/kubeconfig/connection-config.ts'
import type { Kubeconfig } from '../../src/kubeconfig/entries.ts'
import { loadKubeconfig } from '../../src/kubeconfig/load.ts'
import type { Overrides } from '../../src/kubeconfig/overrides.ts'
import { parseKubeconfig } from '../../src/kubeconfig/parse.ts'
import { selectConnection } from '../../src/kubeconfig/select.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { withCluster, withTail, withUser } from './documents.ts'
import { besideKubectl, hasKubectl, kubectlComplaint } from './kubectl.ts'

const folder = temporaryFolder()

async function kubeconfig(text: string): Promise<Kubeconfig> {
  const entries = parseKubeconfig(Buffer.from(text), '/kube/config')
  return { files: ['/kube/config'], missing: [], ...entries }
}

async function select(text: string, overrides?: Overrides): Promise<ConnectionConfig> {
  return selectConnection(await kubeconfig(text), overrides)
}

async function failure(text: string, overrides?: Overrides): Promise<KubecredError> {
  const config = await kubeconfig(text)
  try {
    selectConnection(config, overrides)
  } catch (error) {
    if (error instanceof KubecredError) return error
    throw error
  }
  throw new Error('the kubeconfig was not refused')
}

const two = `
current-context: prod
contexts:
- {name: prod, context: {cluster: prod, user: ann, namespace: shop}}
- {name: staging, context: {cluster: staging, user: bob}}
clusters:
- {name: prod, cluster: {server: "https://prod/", certificate-authority-data: Y2E=, tls-server-name: inner}}
- {name: staging, cluster: {server: "https://staging", certificate-authority: /ca.pem}}
users:
- {name: ann, user: {token: t}}
- {name: bob, user: {client-certificate-data: Yw==, client-key-data: aw==}}
`

describe('the connection', () => {
  test('is that of the current context', async () => {
    const connection = await select(two)
    expect(connection).toMatchObject({
      source: 'kubeconfig',
      files: ['/kube/config'],
      context: 'prod',
      cluster: 'prod',
      user: 'ann',
      namespace: 'shop',
      warnings: [],
      server: {
        url: 'https://prod',
        address: 'https://prod/',
        tlsServerName: 'inner',
        insecureSkipTlsVerify: false,
        certificateAuthority: { kind: 'data', pem: new Uint8Array(Buffer.from('ca')) },
        proxyUrl: '',
        disableCompression: false,
        execExtension: null,
      },
    })
    expect(connection.auth.token?.reveal()).toBe('t')
    expect(connection.auth.clientCertificate).toBeUndefined()
    expect(connection.auth.clientKey).toBeUndefined()
  })

  test('is that of another context, cluster, user or namespace when asked', async () => {
    const staging = await select(two, { context: 'staging' })
    expect(staging.namespace).toBe('default')
    expect(staging.server.certificateAuthority).toEqual({ kind: 'file', path: '/ca.pem' })
    const key = staging.auth.clientKey
    expect(key?.kind === 'data' && key.pem.reveal()).toBe('k')
    const mixed = await select(two, { cluster: 'staging', user: 'bob', namespace: 'n' })
    expect([mixed.context, mixed.cluster, mixed.user, mixed.namespace]).toEqual([
      'prod',
      'staging',
      'bob',
      'n',
    ])
  })

  test('takes a certificate and key from files', async () => {
    const { auth } = await select(withUser('client-certificate: /c, client-key: /k'))
    expect(auth.clientCertificate).toEqual({ kind: 'file', path: '/c' })
    expect(auth.clientKey).toEqual({ kind: 'file', path: '/k' })
  })

  test('passes over a key without certificate', async () => {
    const { auth } = await select(withUser('client-key: /k'))
    expect(auth.clientKey).toBeUndefined()
  })

  test('is anonymous where the context names no user', async () => {
    const text =
      'current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\nclusters: [{name: k, cluster: {server: "https://h"}}]'
    const { user, auth } = await select(text)
    expect(user).toBe('')
    expect(auth).toEqual((await select('', { server: 'https://h' })).auth)
  })

  test('shows no secret in JSON and inspection', async () => {
    const connection = await select(
      withUser(
        'username: ann, password: s3cr3t, client-certificate: /c, client-key-data: czNjcjN0',
      ),
    )
    const shown = inspect(connection, { depth: 9 }) + JSON.stringify(connection)
    expect(shown).not.toContain('s3cr3t')
  })

  test('cannot be changed', async () => {
    const connection = await select(two)
    expect([connection, connection.server, connection.auth].every(Object.isFrozen)).toBe(true)
  })
})

describe('a server without TLS', () => {
  test('gets nothing of the user but whom to impersonate', async () => {
    const text = withUser(
      'token: t, as: eve, exec: {command: a, apiVersion: x, interactiveMode: Never}',
    )
    const { auth } = await select(text.replace('https:', 'http:'))
    expect(auth).toMatchObject({ tokenFile: '', username: '', authProvider: '' })
    expect([auth.token, auth.password, auth.exec, auth.clientCertificate]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(auth.impersonate.user).toBe('eve')
  })

  test('is one without a scheme, too', async () => {
    const connection = await select(withUser('token: t').replace('https://', ''))
    expect(connection.server.url).toBe('http://127.0.0.1:6443')
    expect(connection.auth.token).toBeUndefined()
  })
})

describe('overrides', () => {
  test('of the server take the name in its certificate away', async () => {
    const { server } = await select(two, { server: 'https://other' })
    expect([server.url, server.tlsServerName]).toEqual(['https://other', ''])
    const named = await select(two, { server: 'https://other', tlsServerName: 'name' })
    expect(named.server.tlsServerName).toBe('name')
  })

  test('of trust replace all that the entry says of it', async () => {
    const insecure = await select(two, { insecureSkipTlsVerify: true })
    expect(insecure.server.insecureSkipTlsVerify).toBe(true)
    expect(insecure.server.certificateAuthority).toBeUndefined()
    const text = withCluster('server: "https://h", insecure-skip-tls-verify: true')
    const { server } = await select(text, { certificateAuthority: 'mine.pem' })
    expect(server.insecureSkipTlsVerify).toBe(false)
    expect(server.certificateAuthority).toEqual({ kind: 'file', path: 'mine.pem' })
  })

  test('reach every other field', async () => {
    const { server, auth } = await select('', {
      server: 'https://h',
      proxyUrl: 'http://proxy:1',
      disableCompression: true,
      username: 'u',
      password: 'p',
      clientCertificate: 'c',
      clientKey: 'k',
      impersonate: { user: 'a', uid: '1', groups: ['g'], extra: { x: ['y'] } },
    })
    expect(server).toMatchObject({ proxyUrl: 'http://proxy:1', disableCompression: true })
    expect(auth.username).toBe('u')
    expect(auth.password?.reveal()).toBe('p')
    expect(auth.clientCertificate).toEqual({ kind: 'file', path: 'c' })
    expect(auth.clientKey).toEqual({ kind: 'file', path: 'k' })
    expect(auth.impersonate).toEqual({ user: 'a', uid: '1', groups: ['g'], extra: { x: ['y'] } })
  })

  test('of impersonation go beside what the entry has', async () => {
    const text = withUser('token: t, as: a, as-groups: [g], as-user-extra: {x: [xx]}')
    const { auth } = await select(text, { impersonate: { user: 'b', extra: { z: ['zz'] } } })
    expect(auth.impersonate).toEqual({
      user: 'b',
      uid: '',
      groups: ['g'],
      extra: { x: ['xx'], z: ['zz'] },
    })
  })

  test('of the token win over token and token file', async () => {
    const { auth } = await select(withUser('token: t, tokenFile: /f'), { token: 'mine' })
    expect(auth.token?.reveal()).toBe('mine')
    expect(auth.tokenFile).toBe('')
  })

  test('that are empty do nothing', async () => {
    const nothing = { context: '', server: '', token: '', insecureSkipTlsVerify: false }
    expect(JSON.stringify(await select(two, nothing))).toBe(JSON.stringify(await select(two)))
  })

  test('can do without a kubeconfig', async () => {
    const { context, cluster, user, server } = await select('', { server: 'https://h' })
    expect([context, cluster, user, server.url]).toEqual(['', '', '', 'https://h'])
  })

  test('stand in for a cluster and a user that are missing', async () => {
    const broken = two
      .replaceAll('name: prod, cluster', 'name: gone, cluster')
      .replace('name: ann', 'name: gone')
    const { auth, server } = await select(broken, { server: 'https://h', token: 'mine' })
    expect([server.url, auth.token?.reveal()]).toEqual(['https://h', 'mine'])
  })
})

describe('a URL with a user in it', () => {
  test('is basic authentication before any token, as in Go', async () => {
    const { server, auth } = await select(withCluster('server: "https://ann:s3cr3t@h/x"'))
    expect([server.url, server.address]).toEqual(['https://h/x', 'https://h/x'])
    expect([auth.username, auth.password?.reveal(), auth.token]).toEqual([
      'ann',
      's3cr3t',
      undefined,
    ])
  })

  test('is not quoted when it is refused', async () => {
    const { message } = await failure(withCluster('server: "https://ann:s3cr3t@h h"'))
    expect(message).not.toContain('s3cr3t')
  })
})

describe('a plugin', () => {
  const exec =
    'command: p, args: [a], env: [{name: "N", value: v}], apiVersion: client.authentication.k8s.io/v1'

  test('is made ready, its hint without anything that a terminal would obey', async () => {
    const { auth } = await select(
      withUser(
        `exec: {${exec}, interactiveMode: Always, provideClusterInfo: true, installHint: "a\\e[1mb"}`,
      ),
    )
    expect(auth.exec).toEqual({
      command: 'p',
      args: ['a'],
      env: [{ name: 'N', value: 'v' }],
      apiVersion: 'client.authentication.k8s.io/v1',
      installHint: 'aU+001B[1mb',
      provideClusterInfo: true,
      interactiveMode: 'Always',
    })
  })

  test('gets the extension of its cluster', async () => {
    const text = withCluster(
      'server: "https://h", extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: a}}]',
    )
    expect((await select(text)).server.execExtension).toEqual({ audience: 'a' })
  })

  test('of a version that nobody speaks is an error that lists the versions', async () => {
    const text = withUser(
      'exec: {command: p, apiVersion: client.authentication.k8s.io/v9, interactiveMode: Never}',
    )
    const error = await failure(text)
    expect(error.code).toBe('ERR_EXEC_CONFIG')
    expect(error.message).toBe('exec plugin: invalid apiVersion "client.authentication.k8s.io/v9"')
    expect(error.hint).toContain('client.authentication.k8s.io/v1, ')
    expect(error.details).toEqual({ file: '/kube/config', field: 'users[0].user.exec.apiVersion' })
  })
})

describe('a name that is not there', () => {
  test.each([
    [{ context: 'prd' }, 'context "prd" does not exist', 'did you mean "prod"?'],
    [{ cluster: 'nope' }, 'cluster "nope" does not exist', 'the clusters are: "prod", "staging"'],
    [{ user: 'anne' }, 'auth info "anne" does not exist', 'did you mean "ann"?'],
    [{ user: 'x', context: 'x' }, 'auth info "x" does not exist', 'the users are: "ann", "bob"'],
  ])('in %j is told: %s', async (overrides, message, hint) => {
    const error = await failure(two, overrides)
    expect(error).toMatchObject({ code: 'ERR_KUBECONFIG_NO_SUCH_ENTRY', message, hint })
  })

  test.each([
    [
      'current-context: prod',
      'current-context: porduction',
      'context was not found for specified context: porduction',
    ],
    ['cluster: prod,', 'cluster: prid,', 'cluster "prid" was not found for context "prod"'],
    ['user: ann', 'user: bobo', 'user "bobo" was not found for context "prod"'],
  ])('in the kubeconfig instead of %s is told', async (right, wrong, words) => {
    const error = await failure(two.replace(right, wrong))
    expect(error.code).toBe('ERR_KUBECONFIG_NO_SUCH_ENTRY')
    expect(error.message).toBe(`invalid configuration: ${words}`)
    expect(error.hint).not.toBe('')
    expect(error.details.file).toBe('/kube/config')
  })
})

describe('without anything to connect to', () => {
  test('the hint tells which contexts there are', async () => {
    const error = await failure(two.replace('current-context: prod', ''))
    expect(error.code).toBe('ERR_NO_CONFIGURATION')
    expect(error.message).toBe('invalid configuration: no configuration has been provided')
    expect(error.hint).toBe('no context is chosen; the contexts are: "prod", "staging"')
  })

  test('the hint tells what was read or looked for', async () => {
    expect((await failure('')).hint).toBe('/kube/config holds no context and no cluster')
    const missing = ['/a', '/b']
    const none = { ...(await kubeconfig('')), files: [], missing }
    expect(() => selectConnection(none)).toThrow(
      expect.objectContaining({
        hint: 'there is no /a and no /b; set KUBECONFIG to the path of a kubeconfig',
      }),
    )
    expect(() => selectConnection({ ...none, missing: [] })).toThrow(
      expect.objectContaining({ hint: 'set KUBECONFIG to the path of a kubeconfig' }),
    )
    expect(selectConnection(none, { server: 'h' }).warnings).toEqual(['Config not found: /a, /b'])
  })

  test('a context without cluster is an error of its own', async () => {
    const error = await failure(two.replace('cluster: prod, ', ''))
    expect(error.code).toBe('ERR_KUBECONFIG_INVALID')
    expect(error.message).toBe(
      'invalid configuration: cluster was not specified for context "prod"',
    )
    expect(error.details.field).toBe('contexts[0].context.cluster')
  })
})

const invalid: readonly (readonly [title: string, text: string, words: string])[] = [
  [
    'an empty plugin',
    withUser('exec: {}'),
    '[command must be specified for u to use exec authentication plugin, apiVersion must be specified for u to use exec authentication plugin, interactiveMode must be specified for u to use exec authentication plugin]',
  ],
  [
    'a plugin of v1 without interactiveMode',
    withUser('exec: {command: a, apiVersion: client.authentication.k8s.io/v1}'),
    'interactiveMode must be specified for u to use exec authentication plugin',
  ],
  [
    'an unknown interactiveMode',
    withUser(
      'exec: {command: a, apiVersion: client.authentication.k8s.io/v1, interactiveMode: foo}',
    ),
    'invalid interactiveMode for u: "foo"',
  ],
  [
    'a variable without name',
    withUser(
      'exec: {command: a, apiVersion: client.authentication.k8s.io/v1beta1, env: [{value: x}]}',
    ),
    'env variable name must be specified for u to use exec authentication plugin',
  ],
  [
    'a plugin and an auth provider',
    withUser(
      'exec: {command: a, apiVersion: client.authentication.k8s.io/v1beta1}, auth-provider: {}',
    ),
    'authProvider cannot be provided in combination with an exec plugin for u',
  ],
  [
    'a token and a user name',
    withUser('token: t, username: ann'),
    'more than one authentication method found for u; found [token basicAuth], only one is allowed',
  ],
  [
    'a token and a password',
    withUser('token: t, password: p'),
    'more than one authentication method found for u; found [token basicAuth], only one is allowed',
  ],
  [
    'a token file and a user name',
    withUser('tokenFile: /dev/null, username: ann'),
    'username/password or bearer token may be set, but not both',
  ],
  [
    'groups without a user',
    withUser('token: t, as-groups: [g]'),
    'requesting uid, groups or user-extra for u without impersonating a user',
  ],
  [
    'a certificate without key',
    withUser('client-certificate-data: aGk='),
    'client-key-data or client-key must be specified for u to use the clientCert authentication method.',
  ],
  [
    'everything twice',
    withUser(
      'client-certificate: /dev/null, client-certificate-data: aGk=, client-key: /dev/null, client-key-data: aGk=',
    ),
    '[client-cert-data and client-cert are both specified for u. client-cert-data will override., client-key-data and client-key are both specified for u; client-key-data will override]',
  ],
  [
    'an authority twice',
    withCluster(
      'server: "https://h", certificate-authority: /dev/null, certificate-authority-data: aGk=',
    ),
    'certificate-authority-data and certificate-authority are both specified for k. certificate-authority-data will override.',
  ],
  [
    'an authority and no verification',
    withCluster(
      'server: "https://h", certificate-authority-data: aGk=, insecure-skip-tls-verify: true',
    ),
    'specifying a root certificates file with the insecure flag is not allowed',
  ],
]

describe('an invalid configuration, with', () => {
  test.each(invalid)('%s, is told in the words of client-go', async (_title, text, words) => {
    const error = await failure(text)
    expect(error.code).toBe('ERR_KUBECONFIG_INVALID')
    expect(error.message).toBe(`invalid configuration: ${words}`)
    expect(error.hint).toContain('in /kube/config')
    expect(error.details.field).toMatch(/^(?:users|clusters)\[0\]/u)
  })

  test.each([
    [withTail('').replace('"https://127.0.0.1:6443"', '""'), 'no server found for cluster "k"'],
    ['clusters: [{cluster: {}}]', 'default cluster has no server defined'],
    [withCluster('server: "a/b"'), 'host must be a URL or a host:port pair: server of cluster "k"'],
    [withCluster('server: "ftp://h"'), 'unsupported protocol scheme: server of cluster "k"'],
  ])('a server that is none: %#', async (text, words) => {
    const user = text.includes('users') ? '' : '\nusers: [{name: u, user: {}}]'
    expect((await failure(text + user)).message).toBe(`invalid configuration: ${words}`)
  })

  test.each([
    ['ftp://ann:s3cr3t@h', ': unsupported scheme "ftp", must be http, https, or socks5'],
    ['proxy:8080', ': unsupported scheme, must be http, https, or socks5'],
    ['//h', ': unsupported scheme, must be http, https, or socks5'],
    ['http://h:s3cr3t', ': could not parse'],
  ])('the proxy-url %s, tells what is wrong and not the password', async (proxy, words) => {
    const { message } = await failure(withCluster(`server: "https://h", proxy-url: "${proxy}"`))
    expect(message).toBe(`invalid configuration: invalid 'proxy-url' for cluster "k"${words}`)
  })

  test.each(['http://h:1', 'HTTPS://h', 'socks5://ann:s3cr3t@h:1080'])(
    'proxies like %s pass',
    async (proxy) => {
      const { server } = await select(withCluster(`server: "https://h", proxy-url: "${proxy}"`))
      expect(server.proxyUrl).toBe(proxy)
    },
  )

  test('a name that a terminal would obey, is written out', async () => {
    const text = withUser('token: t, username: ann').replaceAll(
      /(user|name): u\b/gu,
      '$1: "\\e[1m"',
    )
    expect((await failure(text)).message).toContain('found for U+001B[1m;')
    const { message } = await failure('current-context: "\\e[1m"')
    expect(message).toContain('specified context: U+001B[1m')
  })

  test('the same problem twice, is told once', async () => {
    const env = 'env: [{value: x}, {value: z}]'
    const plugin = `command: a, apiVersion: client.authentication.k8s.io/v1beta1, ${env}`
    const { message } = await failure(withUser(`exec: {${plugin}}`))
    expect(message).toBe(
      'invalid configuration: env variable name must be specified for u to use exec authentication plugin',
    )
  })

  test('a contradiction of the overrides alone, has no place in a file', async () => {
    const error = await failure('', { server: 'https://h', token: 't', username: 'u' })
    expect(error.details).toEqual({ options: ['token', 'username'] })
    expect(error.hint).toBe('keep the token or the password (option "token", option "username")')
  })

  test.each<[string, Overrides, string, readonly string[]]>([
    ['', { server: 'ftp://x' }, 'option "server")', ['server']],
    [
      '',
      { impersonate: { groups: ['g'] } },
      'option "impersonate.groups")',
      ['impersonate.groups'],
    ],
    ['', { clientCertificate: '/c' }, 'option "clientCertificate")', ['clientCertificate']],
    [
      'token: t',
      { username: 'u' },
      'option "username", users[0].user in /kube/config)',
      ['username'],
    ],
  ])('an override beside %j, names the option: %j', async (user, overrides, place, options) => {
    const error = await failure(withUser(user), overrides)
    expect(error.hint).toContain(`(${place}`)
    expect(error.details.options).toEqual(options)
  })
})

describe.skipIf(!hasKubectl)(besideKubectl('beside kubectl'), () => {
  let files = 0

  function fileWith(text: string): string {
    const file = join(folder, `config-${files++}`)
    writeFileSync(file, text)
    return file
  }

  async function complaint(file: string, overrides?: Overrides): Promise<string> {
    const config = await loadKubeconfig({ path: file })
    try {
      selectConnection(config, overrides)
      return ''
    } catch (error) {
      return error instanceof KubecredError ? error.message : String(error)
    }
  }

  test.concurrent.for(invalid)('%s has the same message', async ([, text]) => {
    const file = fileWith(text)
    const ours = await complaint(file)
    expect(ours).toBe(`invalid configuration: ${await kubectlComplaint(file)}`)
  })

  test.concurrent.for(['context', 'cluster', 'user'])(
    'a %s that is not there has the same message',
    async (flag) => {
      const file = fileWith(two)
      const theirs = await kubectlComplaint(file, `--${flag}=x`)
      expect(await complaint(file, { [flag]: 'x' })).toBe(theirs)
    },
  )

  test.concurrent.for(['ftp://h', 'proxy:8080', 'http://%zz'])(
    'the proxy %s is refused in the same words, but for the URL',
    async (proxy) => {
      const file = fileWith(withCluster(`server: "https://h", proxy-url: "${proxy}"`))
      const theirs = await kubectlComplaint(file)
      const withoutUrl = theirs.replace(`'proxy-url' "${proxy}"`, "'proxy-url'")
      const words = withoutUrl.replace(/ "proxy"|: http:.*$/u, '')
      expect(await complaint(file)).toBe(`invalid configuration: ${words}`)
    },
  )

  test('an unknown version of a plugin has the same message', async () => {
    const file = fileWith(withUser('exec: {command: a, apiVersion: x/v9, interactiveMode: Never}'))
    expect(await complaint(file)).toBe(await kubectlComplaint(file))
  })
})
