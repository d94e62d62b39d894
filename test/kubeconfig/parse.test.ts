import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { parseKubeconfig } from '../../src/kubeconfig/parse.ts'
import type { KubeconfigFile } from '../../src/kubeconfig/read-entries.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { readable, unreadable, withCluster, withTail, withUser } from './documents.ts'
import { besideKubectl, hasKubectl, kubectl } from './kubectl.ts'

const folder = temporaryFolder()

function parse(text: string): KubeconfigFile {
  return parseKubeconfig(Buffer.from(text), '/home/ann/.kube/config')
}

function failure(text: string | Uint8Array): KubecredError {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  try {
    parseKubeconfig(bytes, '/home/ann/.kube/config')
  } catch (error) {
    if (error instanceof KubecredError) return error
    throw error
  }
  throw new Error('the kubeconfig was not refused')
}

describe('a kubeconfig with', () => {
  test.each(readable)('%s is read', (_title, text) => {
    const { contexts, clusters, users } = parse(text)
    expect([contexts, clusters, users].every((entries) => entries instanceof Map)).toBe(true)
  })

  test.each(unreadable)('%s is refused', (_title, text) => {
    const error = failure(text)
    expect(error.code).toBe('ERR_KUBECONFIG_INVALID')
    expect(error.details.file).toBe('/home/ann/.kube/config')
    expect(error.details.line).toBeGreaterThan(0)
  })
})

describe.skipIf(!hasKubectl)(besideKubectl('beside kubectl, a kubeconfig with'), () => {
  let files = 0

  function fileWith(text: string): string {
    const file = join(folder, `config-${files++}`)
    writeFileSync(file, text)
    return file
  }

  test.concurrent.for(readable)('%s is read to the same result', async ([, text]) => {
    const args = ['--kubeconfig', fileWith(text), 'config', 'view', '--raw', '-o', 'json']
    const { stdout, stderr } = await kubectl(args)
    expect(stderr).toBe('')
    expect(revealed(parse(text))).toEqual(revealed(parse(stdout)))
  })

  test.concurrent.for(unreadable)('%s is refused as well', async ([, text]) => {
    const { ok } = await kubectl(['--kubeconfig', fileWith(text), 'config', 'view'])
    expect(ok).toBe(false)
  })

  test('a value of the wrong kind is told in the same first words', async () => {
    const file = fileWith(withUser('token: 123'))
    const { stderr } = await kubectl(['--kubeconfig', file, 'config', 'view'])
    const bytes = Buffer.from(withUser('token: 123'))
    const words = `error loading config file "${file}": `
    expect(stderr).toContain(words)
    expect(() => parseKubeconfig(bytes, file)).toThrow(words)
  })
})

/** With the secrets in the open, since two of them look alike. */
function revealed(entries: KubeconfigFile): unknown {
  const users = [...entries.users].map(([name, user]) => {
    const { token, password, clientKeyData } = user
    const open = [token, password, clientKeyData].map((secret) => secret?.reveal())
    return { ...user, name, open, token: 0, password: 0, clientKeyData: 0 }
  })
  return { ...entries, users }
}

describe('what is read', () => {
  test('has every field of a user', () => {
    const { users } = parse(
      withUser(
        'client-certificate: c.pem, client-certificate-data: Yw==, client-key: k.pem, ' +
          'client-key-data: aw==, token: t, tokenFile: f, as: a, as-uid: "1", as-groups: [g, h], ' +
          'as-user-extra: {x: [yy]}, username: nn, password: p, auth-provider: {name: oidc}, ' +
          'exec: {command: e, args: [a], env: [{name: "N", value: v}], installHint: h, ' +
          'apiVersion: client.authentication.k8s.io/v1alpha1, provideClusterInfo: true}',
      ),
    )
    const user = users.get('u')
    expect(user).toMatchObject({
      origin: { file: '/home/ann/.kube/config', field: 'users[0].user' },
      clientCertificate: 'c.pem',
      clientCertificateData: new Uint8Array(Buffer.from('c')),
      clientKey: 'k.pem',
      tokenFile: 'f',
      impersonate: { user: 'a', uid: '1', groups: ['g', 'h'], extra: { x: ['yy'] } },
      username: 'nn',
      authProvider: 'oidc',
      exec: {
        command: 'e',
        args: ['a'],
        env: [{ name: 'N', value: 'v' }],
        apiVersion: 'client.authentication.k8s.io/v1alpha1',
        installHint: 'h',
        provideClusterInfo: true,
        interactiveMode: 'IfAvailable',
      },
    })
    expect(user?.clientKeyData?.reveal()).toBe('k')
    expect(user?.token?.reveal()).toBe('t')
    expect(user?.password?.reveal()).toBe('p')
  })

  test('has every field of a cluster and a context', () => {
    const { currentContext, clusters, contexts } = parse(
      withTail('').replace(
        'server: "https://127.0.0.1:6443"',
        'server: s, tls-server-name: t, insecure-skip-tls-verify: true, certificate-authority: c, ' +
          'certificate-authority-data: Yw==, proxy-url: p, disable-compression: true',
      ),
    )
    expect(currentContext).toBe('c')
    expect(contexts.get('c')).toMatchObject({ cluster: 'k', user: 'u', namespace: 'ns' })
    expect(clusters.get('k')).toEqual({
      origin: { file: '/home/ann/.kube/config', field: 'clusters[0].cluster' },
      server: 's',
      tlsServerName: 't',
      insecureSkipTlsVerify: true,
      certificateAuthority: 'c',
      certificateAuthorityData: new Uint8Array(Buffer.from('c')),
      proxyUrl: 'p',
      disableCompression: true,
      execExtension: null,
    })
  })

  test('has the keys of the extension in order, in depth', () => {
    const extension = '{b: {z: 1, q: [{d: 1, c: 2}]}, a: 1, é: 1, __proto__: 2}'
    const { clusters } = parse(
      withCluster(
        `server: s, extensions: [{name: client.authentication.k8s.io/exec, extension: ${extension}}]`,
      ),
    )
    expect(JSON.stringify(clusters.get('k')?.execExtension)).toBe(
      '{"__proto__":2,"a":1,"b":{"q":[{"c":2,"d":1}],"z":1},"é":1}',
    )
  })

  test('hides secrets from inspection and JSON', () => {
    const { users } = parse(withUser('token: s3cr3t, password: s3cr3t, client-key-data: czNjcjN0'))
    const shown = inspect(users, { depth: 9 }) + JSON.stringify([...users])
    expect(shown).not.toContain('s3cr3t')
  })

  test('is UTF-16 too when a byte order mark says so', () => {
    const text = `\uFEFF${withUser('token: t')}`
    const little = Buffer.from(text, 'utf16le')
    const big = Buffer.from(little).swap16()
    for (const bytes of [little, big]) {
      expect(parseKubeconfig(bytes, 'f').users.get('u')?.token?.reveal()).toBe('t')
    }
  })

  test('is JSON that kubectl would not take: tabs and escaped slashes', () => {
    const text = '{\n\t"clusters":[{"name":"k","cluster":{"server":"https:\\/\\/h"}}]}'
    expect(parse(text).clusters.get('k')?.server).toBe('https://h')
  })
})

describe('an error', () => {
  test('names line and field of a value of the wrong kind, and what to do', () => {
    const error = failure(withUser('exec: {command: a, args: [b, 5]}'))
    expect(error.message).toBe(
      'error loading config file "/home/ann/.kube/config": line 6: ' +
        'users[0].user.exec.args[1] must be text, not a number',
    )
    expect(error.hint).toBe('put the value in quotes')
    expect(error.details).toEqual({
      file: '/home/ann/.kube/config',
      line: 6,
      field: 'users[0].user.exec.args[1]',
    })
  })

  test.each([
    ['token: {a: b}', 'users[0].user.token must be text, not a mapping'],
    ['token: [a]', 'users[0].user.token must be text, not a list'],
    ['token: yes', 'users[0].user.token must be text, not true or false'],
    ['exec: text', 'users[0].user.exec must be a mapping of fields, not text'],
    ['exec: [text]', 'users[0].user.exec must be a mapping of fields, not a list'],
    ['as-groups: {}', 'users[0].user.as-groups must be a list, not a mapping'],
    ['client-key-data: "="', 'users[0].user.client-key-data must be base64'],
    ['as-user-extra: {SECRET: 5}', 'users[0].user.as-user-extra.* must be a list, not a number'],
    [
      'as-user-extra: {a: null, b: [[]]}',
      'users[0].user.as-user-extra.*[0] must be text, not a list',
    ],
  ])('says of {%s}: %s', (fields, words) => {
    expect(failure(withUser(fields)).message).toContain(`line 6: ${words}`)
  })

  test('finds the line in JSON too', () => {
    const text = '{\n"users": [\n{"name": "u",\n"user": {\n"token": 5}}]}'
    const { message } = failure(text)
    expect(message).toContain('line 5: users[0].user.token must be text')
  })

  test('has a line even for JSON that is too deep for YAML', () => {
    const deep = '['.repeat(5000) + ']'.repeat(5000)
    expect(failure(`{"kind": 5, "deep": ${deep}}`).details.line).toBe(1)
    const name = 'client.authentication.k8s.io/exec'
    const cluster = `{"extensions": [{"name": "${name}", "extension": ${deep}}]}`
    const error = failure(`{"clusters": [{"name": "k", "cluster": ${cluster}}]}`)
    expect(error.message).toContain(
      'clusters[0].cluster.extensions[0].extension is nested too deeply',
    )
  })

  test('names the innermost field that is written out when an alias brings the value', () => {
    const error = failure(withTail('x: &x\n  token: 5\nusers:\n- name: u\n  user: *x\n'))
    expect(error.message).toContain('line 10: users[0].user.token must be text')
  })

  test('tells the name that stands twice, with its line', () => {
    const error = failure(withTail('users:\n- name: u\n- name: u\n'))
    expect(error.message).toContain('line 8: users[1].name duplicate name "u" in list')
  })

  test('names a foreign kind, unless it may be a secret', () => {
    expect(failure('kind: Pod\n').message).toContain('no kind "Pod" is registered for version "v1"')
    expect(failure('kind: s3cr3t_with_underscores\n').message).toContain(
      'no kind (23 characters) is registered for version "v1"',
    )
  })

  test.each([
    [
      'a: b: c',
      'line 1, column 5: mapping values are not allowed in this context',
      /second "key: value"/u,
    ],
    ['a: 1\nb:\n\tc: 1', 'line 3, column 1: found character that cannot start any token', /a tab/u],
    ['a: "b', 'line 1, column 6: found unexpected end of stream', /a quote is not closed/u],
    ['a: `b', 'line 1, column 4: found character that cannot start any token', /needs quotes/u],
    ['a: *b', 'line 1, column 4: unknown anchor referenced', /needs an anchor/u],
    ['a: &b\n  c: *b', 'line 2, column 6: anchor value contains itself', undefined],
    ['a: {<<: 1}', 'line 1, column 9: map merge requires map or sequence of maps', undefined],
    ['? [a]\n: b', 'line 1, column 3: unsupported map key', /neither text nor number/u],
    ['a: -.INF', 'line 1, column 4: json: unsupported value', undefined],
    ['[', 'line 1, column 2: did not find expected node content', /not closed/u],
    ['['.repeat(20_000), 'exceeded max depth of 500', /nested too deeply/u],
    ['- '.repeat(20_000), 'exceeded max depth of 500', /nested too deeply/u],
  ])("of YAML has place, client-go's words and a plain hint: %j", (text, words, hint) => {
    const { message, hint: given } = failure(text.slice(0, 20_000))
    expect(message).toContain(`error loading config file "/home/ann/.kube/config": yaml: `)
    expect(message).toContain(words)
    expect(given ?? '').toMatch(hint ?? /^$/u)
  })

  test('ends aliases that multiply out of hand', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const items =
        level === 0
          ? 'x'
          : Array(10)
              .fill(`*a${level - 1}`)
              .join(', ')
      return `a${level}: &a${level} [${items}]`
    })
    expect(failure(levels.join('\n')).message).toContain('document contains excessive aliasing')
  })

  test('ends aliases that lead deeper than the stack bears', () => {
    const levels = Array.from({ length: 1500 }, (_, level) =>
      level === 0 ? 'a0: &a0 x' : `a${level}: &a${level} [*a${level - 1}]`,
    )
    expect(failure(levels.join('\n')).message).toMatch(/excessive aliasing|exceeded max depth/u)
  })

  test('says that bytes are no text', () => {
    const error = failure(Buffer.from([0x61, 0xff, 0xfe, 0x00]))
    expect(error.message).toContain('yaml: line 1, column 2: invalid leading UTF-8 octet')
    expect(error.hint).toBe('it is not a text in UTF-8')
  })
})

describe('whatever the bytes are', () => {
  // Every character that means something to YAML.
  const signs = Array.from('{}[]:,"\'&*!|>-#\n\t ?%@`~')
  const secret = 's3cr3t_TOKEN'
  const whole = withUser(
    `token: ${secret}, password: "${secret}", client-key-data: "${Buffer.from(secret).toString('base64')}", ` +
      `exec: {command: a, env: [{name: "N", value: ${secret}}]}`,
  )

  function outcome(bytes: Uint8Array): string {
    try {
      parseKubeconfig(bytes, 'f')
      return ''
    } catch (error) {
      if (!(error instanceof KubecredError)) throw error
      return inspect(error, { depth: 9 }) + JSON.stringify(error) + String(error.stack)
    }
  }

  test('they are read or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), yamlLike()), (bytes) => {
        expect(outcome(bytes)).toEqual(expect.any(String))
      }),
      { numRuns: 500 },
    )
  })

  test('no error shows what stands in the file', () => {
    const change = fc.tuple(fc.nat(whole.length), fc.nat(6), fc.constantFrom(...signs, 'x', '5'))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const text = changes.reduce(
          (now, [at, drop, put]) => now.slice(0, at) + put + now.slice(at + drop),
          whole,
        )
        expect(outcome(Buffer.from(text))).not.toContain(secret)
      }),
      { numRuns: 500 },
    )
  })

  function yamlLike(): fc.Arbitrary<Uint8Array> {
    const piece = fc.constantFrom(...signs, 'users:', '<<: ', '!!binary ', '---\n')
    return fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join('')))
  }
})
