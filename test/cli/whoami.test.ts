import { afterEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'

import { run } from '../../src/cli/run.ts'
import type { JsonObject } from '../../src/doors/index.ts'
import type { ScriptedReply } from '../../src/doors/testing.ts'
import { besideKubectl, hasKubectl, kubectl } from '../kubeconfig/kubectl.ts'
import { until } from '../testing/until.ts'
import { FakeTerminal, runCli, type Ended } from './fake-terminal.ts'
import { liveCluster } from './live-cluster.ts'

const cluster = liveCluster()
const reviews = '/apis/authentication.k8s.io'

const whoami = (path: string, ...args: readonly string[]): Promise<Ended> =>
  runCli(['whoami', '--kubeconfig', path, ...args])

let restore: (() => void) | undefined
afterEach(() => {
  restore?.()
  restore = undefined
})

/** Answers the question in these versions in this way. */
function answer(reply: ScriptedReply, versions = /^v1$/u): void {
  restore = cluster.server.intercept(({ path }, respond) => {
    const version = path.startsWith(reviews) ? (path.split('/')[3] ?? '') : ''
    if (!versions.test(version)) return false
    respond.reply(reply)
    return true
  })
}

const everyVersion = /^v1/u
const notFound: ScriptedReply = { statusCode: 404, body: 'not here' }

function review(userInfo: JsonObject): ScriptedReply {
  const type = { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1' }
  return { statusCode: 201, body: { ...type, status: { userInfo } } }
}

describe('the server is asked who one is', () => {
  test('and the credential is described beside the answer', async () => {
    const { exitCode, stdout, stderr } = await whoami(cluster.withPlugin)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const [user, credential] = stdout.split('\n\n')
    expect(user?.split('\n')).toEqual([
      'ATTRIBUTE   VALUE',
      'Username    alice',
      'Groups      [system:authenticated]',
    ])
    expect(credential).toMatch(/^Source: +exec plugin "/u)
    expect(credential).toMatch(/^Expires: +\S+ \(in \w+\)\nRenewal due: +\S+ \(in 4[78]m/mu)
    expect(cluster.server.requests).toMatchObject([
      { method: 'POST', path: `${reviews}/v1/selfsubjectreviews`, statusCode: 201 },
    ])
    expect(await cluster.plugin.runs()).toHaveLength(1)
  })

  test.each([
    ['json', (text: string): unknown => JSON.parse(text)],
    ['yaml', (text: string): unknown => parse(text)],
  ])('and the answer is one object as %s', async (format, read) => {
    const { exitCode, stdout } = await whoami(cluster.withToken, '-o', format)
    expect(exitCode).toBe(0)
    expect(read(stdout)).toEqual({
      user: { username: 'alice', groups: ['devs', 'system:authenticated'] },
      credential: {
        source: { kind: 'token' },
        files: [cluster.withToken],
        context: 'fake',
        cluster: 'fake',
        user: 'fake',
        namespace: 'default',
        server: cluster.server.url,
        token: '[redacted]',
      },
    })
  })

  test('and all that it says is shown', async () => {
    answer(
      review({ username: 'joe', uid: '7', groups: ['a', 'b'], extra: { z: ['1', '2'], b: [] } }),
    )
    const { stdout } = await whoami(cluster.withToken, '-o=json')
    expect(JSON.parse(stdout)).toMatchObject({
      user: { username: 'joe', uid: '7', groups: ['a', 'b'], extra: { z: ['1', '2'], b: [] } },
    })
    const { stdout: table } = await whoami(cluster.withToken)
    expect(table).toContain('UID         7\nGroups      [a b]\nExtra: b    []\nExtra: z    [1 2]\n')
  })

  test('and cannot move the cursor by its answer', async () => {
    answer(review({ username: 'joe\u001b[2J' }))
    const { stdout } = await whoami(cluster.withToken)
    expect(stdout).toContain('joe\uFFFD[2J\n')
  })

  test('as whom one would act', async () => {
    const { stdout } = await whoami(cluster.withToken, '--as', 'jane', '--as-group=ops')
    expect(stdout).toContain('Username    jane\nGroups      [ops system:authenticated]\n')
  })

  test('with a certificate, of which no key is shown', async () => {
    const url = cluster.server.pluginEndpoint
    await cluster.plugin.behave({ issueFrom: { url, kind: 'certificate', user: 'bob' } })
    const { stdout } = await whoami(cluster.withPlugin)
    expect(stdout).toMatch(/^Username {2,}bob$/mu)
    expect(stdout).toContain('Certificate:  CN=bob\n')
    expect(stdout).not.toContain('BEGIN')
  })

  test('again with a new credential when it rejects the first', async () => {
    const { token } = cluster.server.issueToken()
    cluster.server.revoke(token)
    await cluster.plugin.behave([
      { credential: { status: { token } } },
      { issueFrom: { url: cluster.server.pluginEndpoint, user: 'second' } },
    ])
    const { exitCode, stdout } = await whoami(cluster.withPlugin)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('Username    second\n')
    // That of the credential that was taken.
    expect(stdout).toMatch(/^Renewal due:/mu)
  })

  test('with a credential that has ended, and is taken all the same', async () => {
    const { token } = cluster.server.issueToken()
    const expirationTimestamp = '2020-01-01T00:00:00Z'
    await cluster.plugin.behave({ credential: { status: { token, expirationTimestamp } } })
    const { exitCode, stdout } = await whoami(cluster.withPlugin)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('Username    alice\n')
    expect(stdout).toMatch(/^Expires: +2020-01-01T00:00:00Z \(\d+d\S* ago\)$/mu)
  })

  test('and its warnings are passed on', async () => {
    answer({ ...review({ username: 'joe' }), headers: { warning: '299 - "old"' } })
    const { stderr } = await whoami(cluster.withToken)
    expect(stderr).toBe('Warning: old\n')
  })

  test('and the request is told with -v=6', async () => {
    const { stderr } = await whoami(cluster.withToken, '-v=6')
    expect(stderr).toMatch(/^POST https:\S+\/selfsubjectreviews 201 Created in \d+ milliseconds$/mu)
  })
})

describe('an older server is asked in its own version', () => {
  test.each([
    ['v1beta1', /^v1$/u, ['v1', 'v1beta1']],
    ['v1alpha1', /^v1(?:beta1)?$/u, ['v1', 'v1beta1', 'v1alpha1']],
  ])('%s', async (version, without, asked) => {
    answer(notFound, without)
    const { exitCode, stdout, stderr } = await whoami(cluster.withToken)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain('Username    alice\n')
    expect(cluster.server.requests.map(({ path }) => path.split('/')[3])).toEqual(asked)
    expect(asked.at(-1)).toBe(version)
  })
})

describe('a server that is too old to be asked', () => {
  const warning =
    'Warning: the selfsubjectreviews API is not enabled in the cluster: the server is too old to ' +
    'be asked (Kubernetes 1.28 and later can); this is what the credential says\n'

  test('is said to be so, and the credential is described', async () => {
    answer(notFound, everyVersion)
    const { exitCode, stdout, stderr } = await whoami(cluster.withToken)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: warning })
    expect(stdout).toMatch(/^Source: {6}token of the configuration\n/u)
  })

  test('leaves the claims of the token, which are marked as such', async () => {
    const claims = {
      iss: 'https://issuer',
      sub: '1234',
      email: 'joe@example.com',
      nonce: 'KUBECRED-PLANTED-SECRET-nonce',
    }
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
    const path = await cluster.kubeconfig('jwt', { token: `e30.${payload}.c2ln` })
    answer(notFound, everyVersion)
    const { stdout } = await whoami(path)
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'ATTRIBUTE        VALUE',
      'Token issuer     https://issuer',
      'Token subject    1234',
      'Token username   joe@example.com',
      '',
    ])
    const object: unknown = JSON.parse((await whoami(path, '-o', 'json')).stdout)
    expect(object).toMatchObject({
      claims: { issuer: 'https://issuer', subject: '1234', username: 'joe@example.com' },
      credential: { source: { kind: 'token' }, token: '[redacted]' },
    })
    expect(object).not.toHaveProperty('user')
    expect(stdout + JSON.stringify(object)).not.toMatch(/PLANTED|nonce/u)
  })
})

describe('a refusal is told in the words of kubectl', () => {
  const refusals: readonly (readonly [name: string, reply: ScriptedReply, words: string])[] = [
    [
      '401',
      { statusCode: 401, body: 'no' },
      'error: You must be logged in to the server (the server has asked for the client to provide credentials',
    ],
    [
      '403',
      {
        statusCode: 403,
        body: { kind: 'Status', reason: 'Forbidden', message: 'User "joe" cannot create it' },
      },
      'error: the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it\n',
    ],
    [
      '500',
      { statusCode: 500, body: 'broken' },
      'Error from server (InternalError): an error on the server ("broken") has prevented the request from succeeding',
    ],
  ]

  test.each(refusals)('%s', async (_name, reply, words) => {
    answer(reply, everyVersion)
    const { exitCode, stdout, stderr } = await whoami(cluster.withToken)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr.slice(0, words.length)).toBe(words)
  })

  test.skipIf(!hasKubectl).each(refusals)(
    besideKubectl('%s, and these are its words'),
    async (_name, reply, words) => {
      answer(reply, everyVersion)
      const { stderr } = await kubectl(['auth', 'whoami', '--kubeconfig', cluster.withToken])
      expect(stderr.slice(0, words.length)).toBe(words)
    },
  )

  test('with what the server says of a user without permission', async () => {
    answer(refusals[1]?.[1] ?? notFound)
    const { stderr } = await whoami(cluster.withToken)
    expect(stderr).toContain('\ncause: User "joe" cannot create it\nhint: ')
  })

  test('with what to look at after a 401', async () => {
    const path = await cluster.kubeconfig('bad', { token: 'bad' })
    const { stderr } = await whoami(path)
    expect(stderr).toMatch(/\nhint: kubecred credential shows what was presented\n$/u)
  })

  test('with why there was no better credential after a 401', async () => {
    const { token } = cluster.server.issueToken()
    cluster.server.revoke(token)
    await cluster.plugin.behave([{ credential: { status: { token } } }, { exitCode: 9 }])
    const { stderr } = await whoami(cluster.withPlugin)
    expect(stderr).toMatch(/\ncause: no new credential: .* failed with exit code 9/u)
  })
})

describe('what comes in the way is told', () => {
  test.each([
    ['a page of something else', { statusCode: 200, body: '<html>log in</html>' }],
    ['another kind', { statusCode: 200, body: { kind: 'Pod' } }],
  ])('%s', async (_name, reply) => {
    answer(reply)
    const { exitCode, stdout, stderr } = await whoami(cluster.withToken)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^error: the server did not answer with a SelfSubjectReview\nhint: /u)
  })

  test('an answer without end', async () => {
    restore = cluster.server.intercept((_request, respond) => {
      respond.endless({ statusCode: 200 })
      return true
    })
    const { exitCode, stderr } = await whoami(cluster.withToken)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('the server did not answer with a SelfSubjectReview')
    await until(() => cluster.server.openConnections === 0)
  })

  test('a plugin that fails', async () => {
    await cluster.plugin.behave({ exitCode: 4 })
    const { exitCode, stderr } = await whoami(cluster.withPlugin)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^error: .*getting credentials: .* failed with exit code 4\n/u)
  })

  test('an answer that does not come in time', async () => {
    restore = cluster.server.intercept(() => true)
    const { exitCode, stderr } = await whoami(cluster.withToken, '--request-timeout=100ms')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Client.Timeout exceeded')
  })

  test('Ctrl-C', async () => {
    restore = cluster.server.intercept(() => true)
    const terminal = new FakeTerminal()
    const ending = run(['whoami', '--kubeconfig', cluster.withToken], terminal)
    await until(() => cluster.server.requests.length === 1)
    terminal.signal('SIGINT')
    expect(await ending).toBe(130)
  })

  test('a format that there is not', async () => {
    const { exitCode, stderr } = await whoami(cluster.withToken, '-o', 'xml')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('hint: allowed formats are: json, yaml\n')
  })
})

describe.skipIf(!hasKubectl)(besideKubectl('beside kubectl auth whoami'), () => {
  const users: readonly (readonly [name: string, userInfo: JsonObject])[] = [
    ['a name alone', { username: 'joe' }],
    ['everything', { username: 'joe', uid: '7', groups: ['a', 'b'], extra: { z: ['1'], b: [] } }],
    ['a name for an attribute that is long', { username: 'j', extra: { 'example.com/a': ['x'] } }],
    ['other letters', { username: 'jürgen', extra: { ключ: ['ü'] } }],
    ['no name', { groups: ['a'] }],
  ]

  test.each(users)('the table is the same for %s', async (_name, userInfo) => {
    answer(review(userInfo))
    const theirs = await kubectl(['auth', 'whoami', '--kubeconfig', cluster.withToken])
    const ours = await whoami(cluster.withToken)
    expect(theirs.ok).toBe(true)
    expect(ours.stdout.slice(0, theirs.stdout.length + 1)).toBe(`${theirs.stdout}\n`)
  })

  test('the user is the same for a token, a certificate, and somebody to act as', async () => {
    const { certificatePem, privateKeyPem } = cluster.server.issueCertificate({
      user: 'carol',
      groups: ['x', 'y'],
    })
    const withCertificate = await cluster.kubeconfig('certificate', {
      'client-certificate-data': Buffer.from(certificatePem).toString('base64'),
      'client-key-data': Buffer.from(privateKeyPem).toString('base64'),
    })
    for (const args of [
      [cluster.withToken],
      [withCertificate],
      [cluster.withToken, '--as=joe', '--as-uid=8'],
    ] as const) {
      const [path, ...more] = args
      const theirs = await kubectl([
        ...['auth', 'whoami', '-o', 'json', '--kubeconfig', path],
        ...more,
      ])
      const ours = await whoami(path, '-o', 'json', ...more)
      const { status } = JSON.parse(theirs.stdout)
      expect(JSON.parse(ours.stdout).user).toEqual(status.userInfo)
    }
  })
})
