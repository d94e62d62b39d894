import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'

import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { run } from '../../src/cli/run.ts'
import { createFakeClock } from '../../src/doors/testing.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { FakeTerminal, runCli, type Ended, type TerminalOptions } from './fake-terminal.ts'
import { KubecredProcess } from './kubecred-process.ts'
import { liveCluster } from './live-cluster.ts'
import { serveTokens, serviceAccountClaims, tokenWith } from './token-routes.ts'

const cluster = liveCluster()
const folder = temporaryFolder()

const issuedAt = 1_767_225_600

/** Inspects what comes on standard input, so many seconds after the issue. */
function inspect(stdin: string, after = 480, flags: readonly string[] = []): Promise<Ended> {
  const clock = createFakeClock((issuedAt + after) * 1000)
  return runCli(['token', 'inspect', '-', ...flags], { stdin, clock })
}

describe('a token of a ServiceAccount is put into words', () => {
  test('whose, for whom, since when and until when', async () => {
    const { exitCode, stdout, stderr } = await inspect(
      tokenWith(serviceAccountClaims('ci', 'deployer')),
    )
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout.split('\n')).toEqual([
      "Token:           a ServiceAccount's",
      'Issuer:          https://kubernetes.default.svc',
      'Subject:         system:serviceaccount:ci:deployer',
      'Audiences:       https://kubernetes.default.svc',
      'Namespace:       ci',
      'ServiceAccount:  deployer (UID uid-of-deployer)',
      'ID:              an-id',
      'Issued:          2026-01-01T00:00:00Z (8m ago)',
      'Expires:         2026-01-01T01:00:00Z (in 52m)',
      'Renewal due:     2026-01-01T00:48:00Z (in 40m)',
      '                 at the latest, by the kubelet: after 80 % of its life, or a day',
      'Signature:       neither shown nor checked: only a server can tell whether the token is good',
      '',
    ])
  })

  test('what it is bound to', async () => {
    const own = {
      pod: { name: 'web-0', uid: 'p' },
      node: { name: 'n1' },
      secret: { name: 's', uid: 'x' },
    }
    const { stdout } = await inspect(tokenWith(serviceAccountClaims('ci', 'deployer', own)))
    expect(stdout).toMatch(
      /^Bound to: +Pod web-0 \(UID p\)\n +Secret s \(UID x\)\n +Node n1\nID:/mu,
    )
  })

  test('that it is over', async () => {
    const { exitCode, stdout } = await inspect(tokenWith(serviceAccountClaims('ci', 'a')), 3601)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(
      /^Expires: +2026-01-01T01:00:00Z \(1s ago\)\n +it is over: the server refuses it$/mu,
    )
  })

  test('that it lives longer than was asked for, and is renewed all the same', async () => {
    const claims = serviceAccountClaims('ci', 'a', { warnafter: issuedAt + 3607 })
    const { stdout } = await inspect(tokenWith({ ...claims, exp: issuedAt + 31_536_000 }))
    expect(stdout).toMatch(/^Expires: +2027-01-01T00:00:00Z \(in 364d23h\)$/mu)
    expect(stdout).toMatch(
      /^Stale after: +2026-01-01T01:00:07Z \(in 52m7s\)\n +asked for was 1h7s; the server gives more/mu,
    )
    expect(stdout).toMatch(/^Renewal due: +2026-01-01T00:48:06Z/mu)
  })

  test('that it is not good yet', async () => {
    const claims = { ...serviceAccountClaims('ci', 'a'), nbf: issuedAt + 600 }
    const { stdout } = await inspect(tokenWith(claims))
    expect(stdout).toMatch(/^Not before: +2026-01-01T00:10:00Z \(in 2m\)$/mu)
  })

  test('that it has no end, when it stands in a Secret', async () => {
    const claim = (name: string, value: string): Record<string, string> => ({
      [`kubernetes.io/serviceaccount/${name}`]: value,
    })
    const { stdout } = await inspect(
      tokenWith({
        iss: 'kubernetes/serviceaccount',
        sub: 'system:serviceaccount:ci:old',
        ...claim('namespace', 'ci'),
        ...claim('secret.name', 'old-token-x'),
        ...claim('service-account.name', 'old'),
        ...claim('service-account.uid', 'u'),
      }),
    )
    expect(stdout).toMatch(/^ServiceAccount: +old \(UID u\)\nBound to: +Secret old-token-x$/mu)
    expect(stdout).toMatch(/^Expires: +never: .*\n +kubecred token create gets one that ends$/mu)
    expect(stdout).not.toContain('Renewal')
  })

  test.each([
    ['json', (text: string): unknown => JSON.parse(text)],
    ['yaml', (text: string): unknown => parse(text)],
  ])('or is one object as %s', async (format, read) => {
    const own = { pod: { name: 'web-0', uid: 'p' }, warnafter: issuedAt + 3607 }
    const token = tokenWith(serviceAccountClaims('ci', 'deployer', own))
    const { stdout } = await inspect(token, 480, ['-o', format])
    expect(read(stdout)).toEqual({
      kind: 'ServiceAccount',
      issuer: 'https://kubernetes.default.svc',
      subject: 'system:serviceaccount:ci:deployer',
      audiences: ['https://kubernetes.default.svc'],
      namespace: 'ci',
      serviceAccount: { name: 'deployer', uid: 'uid-of-deployer' },
      bound: [{ kind: 'Pod', name: 'web-0', uid: 'p' }],
      id: 'an-id',
      issuedAt: '2026-01-01T00:00:00Z',
      notBefore: '2026-01-01T00:00:00Z',
      expiresAt: '2026-01-01T01:00:00Z',
      expired: false,
      warnAfter: '2026-01-01T01:00:07Z',
      renewalDueAt: '2026-01-01T00:48:06Z',
    })
  })
})

describe('of another token is said what is known', () => {
  test('by the names that all of them share', async () => {
    const { exitCode, stdout } = await inspect(
      tokenWith({ iss: 'https://login', sub: '7', email: 'jo@x', aud: 'app', exp: issuedAt + 60 }),
    )
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Token: +not a ServiceAccount's; .*\nIssuer: +https:\/\/login\n/u)
    expect(stdout).toMatch(/^Username: +jo@x\nAudiences: +app\nExpires: .* \(7m ago\)\n/mu)
    expect(stdout).not.toContain('Renewal')
  })

  test('though times and names in it are none', async () => {
    const claims = { iss: 7, sub: 'x\u001b[2J', aud: [1, 'a'], exp: 1e300, iat: '1', nbf: -1e300 }
    const { exitCode, stdout } = await inspect(tokenWith(claims))
    expect(exitCode).toBe(0)
    expect(stdout).toContain('x\uFFFD[2J\n')
    expect(stdout).toMatch(/^Expires: +not said$/mu)
  })
})

describe('a token is read', () => {
  const token = tokenWith(serviceAccountClaims('ci', 'deployer'))
  const from = (word: string, options?: TerminalOptions): Promise<Ended> =>
    runCli(['token', 'inspect', word], { cwd: folder, ...options })

  test('from a file, with blanks around it', async () => {
    writeFileSync(join(folder, 'token'), `\n ${token} \n`)
    expect(await from('token')).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('from the object that another command prints', async () => {
    const { exitCode, stdout } = await inspect(JSON.stringify({ kind: 'x', status: { token } }))
    expect(exitCode).toBe(0)
    expect(stdout).toContain('deployer')
  })

  test('from the command line, with a warning', async () => {
    const { exitCode, stdout, stderr } = await from(token)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('deployer')
    expect(stderr).toMatch(/^Warning: a token on the command line stands in the list of processes/u)
  })

  test('from the server, where a ServiceAccount is named', async () => {
    const { asked, stop } = serveTokens(cluster.server)
    const flags = ['--service-account=deployer', '-n=ci', '--audience=a', '--duration=1h']
    const { exitCode, stdout } = await runCli([
      'token',
      'inspect',
      ...flags,
      '--kubeconfig',
      cluster.withToken,
    ])
    stop()
    expect(exitCode).toBe(0)
    expect(stdout).toContain('ServiceAccount:  deployer (UID uid-of-deployer)\n')
    expect(asked).toMatchObject([
      {
        namespace: 'ci',
        name: 'deployer',
        body: { spec: { audiences: ['a'], expirationSeconds: 3600 } },
      },
    ])
  })

  test('and never printed, nor is its signature, whatever is asked for', async () => {
    for (const flags of [[], ['-o=json'], ['-o=yaml'], ['-v=9']]) {
      const { stdout, stderr } = await inspect(token, 480, flags)
      expect(stdout).toContain('deployer')
      for (const part of [plantedSecret, ...token.split('.')]) {
        expect(stdout + stderr).not.toContain(part)
      }
    }
  })

  test('by the program, from a pipe', async () => {
    const kubecred = new KubecredProcess(['token', 'inspect', '-'], { stdin: token })
    expect([await kubecred.ended(), kubecred.err]).toEqual([0, ''])
    expect(kubecred.out).toContain('deployer')
  })
})

describe('what is no token is an error that shows nothing of it', () => {
  const hint = 'hint: give a file that holds a token, or - for standard input\n'
  const fails = (word: string, stdin = ''): Promise<Ended> =>
    runCli(['token', 'inspect', word], { cwd: folder, stdin })

  const neither = 'and it is no JSON Web Token either'

  test.each([
    [
      'that is not there',
      `${plantedSecret}-word`,
      `there is no such file in ${folder}, ${neither}`,
    ],
    ['in a folder that is not there', `${plantedSecret}/x`, `there is no such file, ${neither}`],
    ['in a folder that is there', 'inner/x', 'open inner/x: no such file or directory'],
    ['below one that is no folder', 'plain/token', 'open plain/token: not a directory'],
    [
      'whose name no file can have',
      `${plantedSecret}${'x'.repeat(5000)}`,
      `there is no such file in ${folder}, ${neither}`,
    ],
  ])('a file %s', async (_what, word, words) => {
    writeFileSync(join(folder, 'plain'), '')
    mkdirSync(join(folder, 'inner'), { recursive: true })
    expect(await fails(word)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `error: ${words}\n${hint}`,
    })
  })

  test('a folder', async () => {
    mkdirSync(join(folder, 'inner'), { recursive: true })
    expect((await fails('inner')).stderr).toBe(
      'error: open inner: illegal operation on a directory\n' +
        'hint: name the file in the folder, not the folder\n',
    )
  })

  test('a file that holds something else, which is named', async () => {
    writeFileSync(join(folder, 'opaque'), plantedSecret)
    expect((await fails('opaque')).stderr).toMatch(/^error: opaque: it is no JSON Web Token: /u)
    writeFileSync(join(folder, 'blank'), ' \n')
    expect((await fails('blank')).stderr).toMatch(/^error: there is no token: blank is empty\n/u)
  })

  test('a token on the command line that was cut off', async () => {
    const token = tokenWith(serviceAccountClaims('ci', 'deployer'))
    const [header = '', claims = ''] = token.split('.')
    expect((await fails(`${header}.${claims}`)).stderr).toMatch(
      /^error: the token on the command line: it is cut off: .*\nhint: get it once more: .*\n$/u,
    )
  })

  test('nothing', async () => {
    const { exitCode, stderr } = await fails('-', ' \n')
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        'error: there is no token: standard input is empty\n' +
        'hint: for example: kubecred token create deployer | kubecred token inspect -\n',
    })
  })

  test('too much', async () => {
    const { stderr } = await fails('-', 'x'.repeat(2 ** 20 + 1))
    expect(stderr).toMatch(
      /^error: standard input: it is longer than 1 MiB, and so no token\nhint: /u,
    )
  })

  test.each([
    'opaque',
    'a.b',
    `a.${Buffer.from('7').toString('base64url')}.c`,
    `a.${Buffer.from('{}').toString('base64url')}.c`,
    'a.b.c.d.e',
  ])('a text like %s', async (text) => {
    const { exitCode, stdout, stderr } = await fails('-', `${plantedSecret}${text}`)
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'error: standard input: it is no JSON Web Token: only a server knows what it means\n' +
        'hint: kubecred whoami asks the server whose the credential of the kubeconfig is\n',
    })
  })
})

test('a signal ends the wait for standard input', async () => {
  const stdin = new Readable({ read: () => undefined })
  const terminal = new FakeTerminal({ stdin })
  const ended = run(['token', 'inspect', '-'], terminal)
  await until(() => terminal.stdinLooks > 0)
  terminal.signal('SIGINT')
  expect(await ended).toBe(130)
})
