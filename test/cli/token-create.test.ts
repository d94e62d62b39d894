import { afterEach, describe, expect, test } from 'vitest'

import { besideKubectl, hasKubectl, kubectl } from '../kubeconfig/kubectl.ts'
import { runCli, type Ended, type TerminalOptions } from './fake-terminal.ts'
import { liveCluster } from './live-cluster.ts'
import { serveTokens, type TokenRoutes } from './token-routes.ts'

const cluster = liveCluster()

let stop: (() => void) | undefined
afterEach(() => {
  stop?.()
  stop = undefined
})

function routes(options?: TokenRoutes): ReturnType<typeof serveTokens>['asked'] {
  const served = serveTokens(cluster.server, options)
  stop = served.stop
  return served.asked
}

function create(
  line: string,
  kubeconfig = cluster.withToken,
  options?: TerminalOptions,
): Promise<Ended> {
  return runCli(['token', 'create', ...line.split(' '), '--kubeconfig', kubeconfig], options)
}

const opaque = 'KUBECRED-PLANTED-SECRET-of-an-account'

describe('a token is got from the server', () => {
  test('and printed alone, without the end of a line', async () => {
    routes({ token: () => opaque })
    expect(await create('deployer')).toEqual({ exitCode: 0, stdout: opaque, stderr: '' })
  })

  test('and printed as a line where a person reads it', async () => {
    routes({ token: () => opaque })
    const { stdout } = await create('deployer', cluster.withToken, { stdoutIsTerminal: true })
    expect(stdout).toBe(`${opaque}\n`)
  })

  test('with what the flags ask for, and nothing else', async () => {
    const asked = routes()
    await create('deployer')
    await create(
      'deployer -n ci --audience a --audience=b --duration 90m --bound-object-kind Pod ' +
        '--bound-object-name web-0 --bound-object-uid 1-2',
    )
    await create('deployer --bound-object-kind=Node --bound-object-name=n --duration=0')
    const type = { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1' }
    const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'web-0', uid: '1-2' }
    expect(asked).toEqual([
      {
        namespace: 'default',
        name: 'deployer',
        user: 'alice',
        body: { ...type, spec: { audiences: null } },
      },
      {
        namespace: 'ci',
        name: 'deployer',
        user: 'alice',
        body: {
          ...type,
          spec: { audiences: ['a', 'b'], expirationSeconds: 5400, boundObjectRef },
        },
      },
      expect.objectContaining({
        body: {
          ...type,
          spec: {
            audiences: null,
            boundObjectRef: { kind: 'Node', apiVersion: 'v1', name: 'n' },
          },
        },
      }),
    ])
  })

  test('within the time that is given, which the server is told', async () => {
    routes()
    await create('deployer --request-timeout=5s')
    expect(cluster.server.requests.map(({ path }) => path)).toEqual([
      '/api/v1/namespaces/default/serviceaccounts/deployer/token?timeout=5s',
    ])
  })

  test('by a plugin', async () => {
    const asked = routes()
    expect((await create('deployer', cluster.withPlugin)).exitCode).toBe(0)
    expect(asked).toMatchObject([{ user: 'alice' }])
  })

  test('and the warnings of the server go to standard error', async () => {
    routes({ token: () => opaque, headers: { warning: '299 - "it was shortened"' } })
    expect(await create('deployer')).toEqual({
      exitCode: 0,
      stdout: opaque,
      stderr: 'Warning: it was shortened\n',
    })
  })
})

describe.skipIf(!hasKubectl)(besideKubectl('what is printed is what kubectl prints'), () => {
  test.each(['', '-o json', '-o yaml', '-o=name'])('deployer %s', async (flags) => {
    routes({ now: () => 1_767_225_600_000 })
    const line = `deployer ${flags}`.trim()
    const args = ['create', 'token', ...line.split(' '), '--kubeconfig', cluster.withToken]
    const theirs = await kubectl(args)
    expect(theirs).toMatchObject({ ok: true, stderr: '' })
    const ours = await create(line)
    expect({ ...ours, ok: ours.exitCode === 0 }).toMatchObject(theirs)
  })

  test.each([
    '--duration=10',
    '--duration=ten',
    '--duration=-5m',
    '--duration=1500ms',
    '--audience=',
    '--bound-object-name=web-0',
    '--bound-object-uid=1-2',
    '--bound-object-kind=Deployment',
    '--bound-object-kind=Pod',
    '--bound-object-kind=Pod --bound-object-uid=1-2',
    'another',
  ])('deployer %s, and is a mistake', async (flags) => {
    const line = `deployer ${flags}`
    const args = ['create', 'token', ...line.split(' '), '--kubeconfig', cluster.withToken]
    const theirs = await kubectl(args)
    const ours = await create(line)
    expect(ours).toMatchObject({ exitCode: 2, stdout: '' })
    expect(withoutHelp(ours.stderr)).toBe(withoutHelp(theirs.stderr))
  })

  test.each(['', '..', 'a/b', 'a%b', '%/'])('a name that is none: "%s"', async (name) => {
    const args = ['token', name, '--kubeconfig', cluster.withToken]
    const theirs = await kubectl(['create', ...args])
    const ours = await runCli(['token', 'create', ...args.slice(1)])
    expect(ours).toMatchObject({ exitCode: 2, stdout: '' })
    expect(withoutHelp(ours.stderr)).toBe(withoutHelp(theirs.stderr))
  })
})

/** Without what says where help is to be had. */
function withoutHelp(stderr: string): string {
  return stderr.replaceAll(/^(?:hint: |See ').*\n/gmu, '')
}

describe('a failure says that it was to be a token, why there is none, and what to do', () => {
  const refusal = (code: number, reason: string, message: string): void => {
    stop = cluster.server.intercept((_request, respond) => {
      const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message }
      respond.reply({ statusCode: code, body: status })
      return true
    })
  }

  test('no such account', async () => {
    refusal(404, 'NotFound', 'serviceaccounts "x" not found')
    expect(await create('x')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'error: failed to create token: serviceaccounts "x" not found\n' +
        'hint: the namespace is default; -n names another\n',
    })
  })

  test('no right to it', async () => {
    refusal(403, 'Forbidden', 'you may not')
    const { exitCode, stderr } = await create('x')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /^error: failed to create token: you may not\nhint: .*"create" on "serviceaccounts\/token"/u,
    )
  })

  test('a credential that the server does not take', async () => {
    const { exitCode, stderr } = await create(
      'x',
      await cluster.kubeconfig('wrong', { token: 'no' }),
    )
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        'error: failed to create token: Unauthorized\n' +
        'hint: the credential that asks is not taken; see what it is with kubecred whoami\n',
    })
  })

  test('a plugin that has no other credential', async () => {
    const { token } = cluster.server.issueToken()
    cluster.server.revoke(token)
    await cluster.plugin.behave([{ credential: { status: { token } } }, { exitCode: 7 }])
    const { exitCode, stderr } = await create('x', cluster.withPlugin)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /^error: failed to create token: Unauthorized\ncause: no new credential: .* exit code 7\nhint: /mu,
    )
  })

  test('a server that is not there', async () => {
    const { stderr } = await create('x --server=https://127.0.0.1:1')
    expect(stderr).toMatch(/^error: failed to create token: The connection .*\ncause: .*\nhint: /u)
  })

  test('an answer without a token', async () => {
    stop = cluster.server.intercept((_request, respond) => {
      respond.reply({ statusCode: 200, body: { kind: 'TokenRequest' } })
      return true
    })
    const { exitCode, stderr } = await create('x')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /^error: failed to create token: no token in server response\nhint: is this the address/u,
    )
  })
})
