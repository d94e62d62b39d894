import { inspect } from 'node:util'

import { describe, expect, test } from 'vitest'

import { connectionChange } from '../../src/kubeconfig/connection-change.ts'
import type { ConnectionConfig } from '../../src/kubeconfig/connection-config.ts'
import { parseKubeconfig } from '../../src/kubeconfig/parse.ts'
import { selectConnection } from '../../src/kubeconfig/select.ts'

const planted = 'KUBECRED-PLANTED-SECRET'

interface Parts {
  readonly cluster?: string
  readonly user?: string
  readonly context?: string
  readonly more?: string
}

/** The connection of a kubeconfig, whose cluster and user have these fields as YAML. */
async function connection({
  cluster = 'server: "https://one:6443"',
  user = 'token: t',
  context = '',
  more = '',
}: Parts = {}): Promise<ConnectionConfig> {
  const text = `
current-context: c
contexts: [{name: c, context: {cluster: k, user: u${context}}}]
clusters: [{name: k, cluster: {${cluster}}}]
users: [{name: u, user: {${user}}}]
${more}`
  const entries = parseKubeconfig(Buffer.from(text), '/kube/config')
  return selectConnection({ files: ['/kube/config'], missing: [], ...entries })
}

async function change(before: Parts, after: Parts): Promise<string> {
  const [one, other] = [await connection(before), await connection(after)]
  const changes = [connectionChange(one, other), connectionChange(other, one)]
  // Whichever comes first, it is the same step.
  expect(changes[0]).toBe(changes[1])
  return changes[0] ?? ''
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const authority = (text: string): string => `certificate-authority-data: ${base64(text)}`
const pem = 'one\ntwo\n'

const execUser = (fields = ''): string =>
  `exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: get${fields}}`
const certificateUser = (key: string): string =>
  `client-certificate-data: ${base64('certificate')}, client-key-data: ${base64(key)}`

describe('nothing has changed', () => {
  const whole: Parts = {
    cluster: `server: "https://one:6443", ${authority(pem)}`,
    user: `${certificateUser('key')}, as: bob, as-groups: [a], as-user-extra: {x: [z]}`,
  }

  test.each<[what: string, before: Parts, after: Parts]>([
    ['in a configuration that was read again', whole, whole],
    ['for a plugin', { user: execUser() }, { user: execUser() }],
    ['when the namespace is another', {}, { context: ', namespace: other' }],
    [
      'when other entries are others',
      {},
      { more: 'preferences: {colors: true}\nextensions: [{name: x, extension: {a: b}}]' },
    ],
    ['by another spelling', {}, { cluster: "server: 'https://one:6443'", user: "token: 't'" }],
    [
      'when a credential is another that never goes out, since there is no TLS',
      { cluster: 'server: "http://one"' },
      { cluster: 'server: "http://one"', user: 'token: u' },
    ],
  ])('%s', async (_what, before, after) => {
    expect(await change(before, after)).toBe('none')
  })
})

describe('the settings have changed', () => {
  const server = 'server: "https://one:6443"'

  test.each<[what: string, before: Parts, after: Parts]>([
    ['a token, though Secret hides it', {}, { user: 'token: u' }],
    ['a token of the same length', { user: 'token: aaa' }, { user: 'token: aab' }],
    ['a token that came', { user: 'as: bob' }, { user: 'as: bob, token: t' }],
    ['a token file', {}, { user: 'tokenFile: /token' }],
    [
      'a password, though Secret hides it',
      { user: 'username: ann, password: a' },
      { user: 'username: ann, password: b' },
    ],
    ['a user name', { user: 'username: ann, password: a' }, { user: 'username: bob, password: a' }],
    [
      'a key, though Secret hides it',
      { user: certificateUser('key a') },
      { user: certificateUser('key b') },
    ],
    [
      'the path of a key',
      { user: 'client-certificate: /c, client-key: /a' },
      { user: 'client-certificate: /c, client-key: /b' },
    ],
    [
      'a certificate',
      { user: certificateUser('key') },
      { user: `client-certificate-data: ${base64('other')}, client-key-data: ${base64('key')}` },
    ],
    ['whom to impersonate', { user: 'as: ann, token: t' }, { user: 'as: bob, token: t' }],
    [
      'the groups to impersonate',
      { user: 'as: ann, as-groups: [a]' },
      { user: 'as: ann, as-groups: [a, b]' },
    ],
    [
      'what else to impersonate',
      { user: 'as: ann, as-user-extra: {x: [a]}' },
      { user: 'as: ann, as-user-extra: {x: [b]}' },
    ],
    ['a plugin that came', {}, { user: execUser() }],
    ['the arguments of a plugin', { user: execUser() }, { user: execUser(', args: [login]') }],
    [
      'the environment of a plugin',
      { user: execUser(', env: [{name: A, value: a}]') },
      { user: execUser(', env: [{name: A, value: b}]') },
    ],
    [
      'what a plugin is told',
      { user: execUser() },
      { user: execUser(', provideClusterInfo: true') },
    ],
    [
      'what the cluster tells plugins',
      {},
      {
        cluster: `${server}, extensions: [{name: client.authentication.k8s.io/exec, extension: {a: b}}]`,
      },
    ],
    ['the authority of the same address', {}, { cluster: `${server}, ${authority(pem)}` }],
    [
      'the path of the authority',
      { cluster: `${server}, certificate-authority: /a` },
      { cluster: `${server}, certificate-authority: /b` },
    ],
    ['whether to verify at all', {}, { cluster: `${server}, insecure-skip-tls-verify: true` }],
    ['the proxy', {}, { cluster: `${server}, proxy-url: "http://proxy:3128"` }],
    ['the compression', {}, { cluster: `${server}, disable-compression: true` }],
  ])('by %s', async (_what, before, after) => {
    expect(await change(before, after)).toBe('settings')
  })

  test.each<[what: string, host: string]>([
    ['another port', 'https://one:7443'],
    ['another host', 'https://two:6443'],
  ])('by %s of a server whose private authority has stayed', async (_what, host) => {
    const trusted = (url: string, text = pem): Parts => ({
      cluster: `server: "${url}", ${authority(text)}`,
    })
    expect(await change(trusted('https://one:6443'), trusted(host))).toBe('settings')
    // Line ends at the end of the file are nothing.
    expect(await change(trusted('https://one:6443'), trusted(host, `\n${pem}\n\n`))).toBe(
      'settings',
    )
  })
})

describe('it may be another cluster', () => {
  const at = (host: string, more = ''): Parts => ({ cluster: `server: "https://${host}"${more}` })

  test.each<[what: string, before: Parts, after: Parts]>([
    ['with the authorities of the system', at('one'), at('two')],
    ['on another port', at('one:1'), at('one:2')],
    ['below another path', at('one/a'), at('one/b')],
    ['without TLS', { cluster: 'server: "http://one"' }, { cluster: 'server: "http://two"' }],
    ['with TLS no more', at('one'), { cluster: 'server: "http://one"' }],
    [
      'with another authority',
      at('one', `, ${authority(pem)}`),
      at('two', `, ${authority('other')}`),
    ],
    ['with an authority for the first time', at('one'), at('two', `, ${authority(pem)}`)],
    [
      'with an authority in a file, which may hold another',
      at('one', ', certificate-authority: /ca'),
      at('two', ', certificate-authority: /ca'),
    ],
    [
      'below another path of a gateway, whose authority says nothing of clusters',
      at('one/k8s/a', `, ${authority(pem)}`),
      at('one/k8s/b', `, ${authority(pem)}`),
    ],
    [
      'by the name that a gateway is asked for',
      at('one', ', tls-server-name: a'),
      at('one', ', tls-server-name: b'),
    ],
    [
      'that is not verified any more',
      at('one', `, ${authority(pem)}`),
      at('two', ', insecure-skip-tls-verify: true'),
    ],
    [
      'that never was verified',
      at('one', ', insecure-skip-tls-verify: true'),
      at('two', ', insecure-skip-tls-verify: true'),
    ],
  ])('at another address, %s', async (_what, before, after) => {
    expect(await change(before, after)).toBe('cluster')
  })

  test('at another address, whatever else has changed', async () => {
    expect(await change(at('one'), { ...at('two'), user: 'token: other' })).toBe('cluster')
  })
})

test('no secret shows in what comes back, nor in what was compared', async () => {
  const pairs = [
    [`token: ${planted}-a`, `token: ${planted}-b`],
    [`username: u, password: ${planted}-a`, `username: u, password: ${planted}-b`],
    [certificateUser(`${planted}-a`), certificateUser(`${planted}-b`)],
  ]
  for (const users of pairs) {
    const [before, after] = await Promise.all(users.map((user) => connection({ user })))
    if (before === undefined || after === undefined) throw new Error('two were asked for')
    const told = connectionChange(before, after)
    expect(told).toBe('settings')
    const shown = inspect([told, before, after], { depth: 9 }) + JSON.stringify([before, after])
    expect(shown).not.toContain(planted)
    expect(shown).not.toContain(base64(planted).slice(0, 20))
  }
})
