import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeAll, describe, expect, test } from 'vitest'

import { run } from '../../src/cli/run.ts'
import { until } from '../testing/until.ts'
import { FakeTerminal, runCli, type Ended } from './fake-terminal.ts'
import { liveCluster } from './live-cluster.ts'
import { claimsIn, deployer, emptyFolder, furnish, newToken, readToken } from './project-stage.ts'

const cluster = liveCluster()

beforeAll(() => {
  furnish(cluster.server)
})

const whom = ['--service-account=deployer', '-n', 'ci']

async function project(...args: readonly string[]): Promise<Ended> {
  const line = ['token', 'project', ...whom, ...args]
  return await runCli([...line, '--kubeconfig', cluster.withToken])
}

interface Running {
  readonly terminal: FakeTerminal
  readonly directory: string
  stop(): Promise<number>
}

const running: Running[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()))
  await until(() => cluster.server.openConnections === 0)
})

async function start(...args: readonly string[]): Promise<Running> {
  const terminal = new FakeTerminal()
  const directory = emptyFolder(cluster.folder)
  const line = ['token', 'project', '--kubeconfig', cluster.withToken, ...whom]
  const ended = run([...line, `--dir=${directory}`, ...args], terminal)
  let stopped = false
  const started = {
    terminal,
    directory,
    stop: () => {
      if (!stopped) terminal.signal('SIGTERM')
      stopped = true
      return ended
    },
  }
  running.push(started)
  await until(() => terminal.out !== '' || terminal.err !== '')
  return started
}

describe('--once', () => {
  test('writes what every pod has, and ends', async () => {
    const directory = emptyFolder(cluster.folder)
    expect(await project('--once', `--dir=${directory}`)).toEqual({
      exitCode: 0,
      stdout: `Wrote token, ca.crt, namespace in ${directory}\n`,
      stderr: '',
    })
    expect(readFileSync(join(directory, 'namespace'), 'utf8')).toBe('ci')
    expect(readFileSync(join(directory, 'ca.crt'), 'utf8')).toBe(
      cluster.server.certificateAuthorityPem,
    )
    expect(claimsIn(readToken(directory) ?? '')).toMatchObject({
      sub: 'system:serviceaccount:ci:deployer',
    })
    expect(statSync(join(directory, 'token')).mode & 0o777).toBe(0o600)
  })

  test('has audience, lifetime, path, group and mode as the flags say', async () => {
    const directory = emptyFolder(cluster.folder)
    const group = process.getgid?.() ?? 0
    const wanted = ['--audience=vault', '--expiration-seconds=900', '--path=a/b', '--mode=640']
    await project('--once', `--dir=${directory}`, ...wanted)
    const file = join(directory, 'a/b')
    const { aud, exp, iat } = claimsIn(readFileSync(file, 'utf8'))
    expect([aud, Number(exp) - Number(iat)]).toEqual([['vault'], 900])
    expect(statSync(file).mode & 0o777).toBe(0o640)
    await project('--once', `--dir=${directory}`, '--path=a/b', `--fs-group=${group}`)
    expect(statSync(file).mode & 0o777).toBe(0o640)
  })

  test('writes the volume of a file, with what the server has', async () => {
    const directory = emptyFolder(cluster.folder)
    const spec = join(cluster.folder, 'volume.yaml')
    writeFileSync(
      spec,
      [
        'sources:',
        '- serviceAccountToken: {audience: vault, path: vault/token}',
        '- configMap: {name: settings}',
        '- configMap: {name: kube-root-ca.crt, optional: true}',
        '- downwardAPI:',
        '    items: [{path: where, fieldRef: {fieldPath: metadata.namespace}}]',
      ].join('\n'),
    )
    const line = ['--once', `--dir=${directory}`, `--spec=${spec}`]
    expect(await project(...line)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'error: configmaps "settings" not found\n',
    })
    const stop = cluster.server.intercept(({ path }, respond) => {
      if (!path.endsWith('/namespaces/ci/configmaps/settings')) return false
      respond.reply({ statusCode: 200, body: { kind: 'ConfigMap', data: { colour: 'blue' } } })
      return true
    })
    expect((await project(...line)).exitCode).toBe(0)
    stop()
    expect(readdirSync(directory).filter((name) => !name.startsWith('..'))).toEqual([
      'colour',
      'vault',
      'where',
    ])
    expect(readFileSync(join(directory, 'colour'), 'utf8')).toBe('blue')
  })

  test('says what the server says when there is no token', async () => {
    const directory = emptyFolder(cluster.folder)
    const line = ['token', 'project', '--service-account=nobody', `--dir=${directory}`, '--once']
    const ended = await runCli([...line, '-n', 'ci', '--kubeconfig', cluster.withToken])
    expect(ended).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'error: failed to fetch token: serviceaccounts "nobody" not found\nhint: the namespace is ci\n',
    })
    expect(readdirSync(directory)).toEqual([])
  })
})

describe('a folder', () => {
  test.each<[string, (path: string) => void, string]>([
    [
      'that is missing',
      (path) => rmSync(path, { recursive: true }),
      'error: cannot write to DIR: stat DIR: no such file or directory\n' +
        "cause: ENOENT: no such file or directory, stat 'DIR'\n" +
        'hint: create the directory first\n',
    ],
    [
      'that is a file',
      (path) => {
        rmSync(path, { recursive: true })
        writeFileSync(path, '')
      },
      'error: cannot write to DIR: stat DIR: not a directory\n' +
        'hint: name a directory, not a file\n',
    ],
    [
      'with something else in it',
      (path) => mkdirSync(join(path, 'token')),
      'error: cannot write to DIR: "token" is there, and no link to ..data\n' +
        'hint: remove it, or take a directory that holds nothing else\n',
    ],
  ])('%s is an error that says what to do', async (_, spoil, stderr) => {
    const directory = emptyFolder(cluster.folder)
    spoil(directory)
    const ended = await project('--once', `--dir=${directory}`)
    expect([ended.exitCode, ended.stdout]).toEqual([1, ''])
    expect(ended.stderr).toBe(stderr.replaceAll('DIR', directory))
  })

  const isRoot = process.getuid?.() === 0
  const why = isRoot ? ' (skipped: root may write everywhere)' : ''
  test.skipIf(isRoot)(`that is read-only is one, too${why}`, async () => {
    const directory = emptyFolder(cluster.folder)
    chmodSync(directory, 0o500)
    const { stderr } = await project('--once', `--dir=${directory}`)
    expect(stderr).toContain(`cannot write to ${directory}: access ${directory}: permission denied`)
  })

  test('that cannot be had ends the command without --once, too', async () => {
    const { exitCode, stderr } = await project(`--dir=${join(cluster.folder, 'none')}`)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('create the directory first')])
  })
})

describe('a token that is kept', () => {
  test('is there soon, and stays when the command ends', async () => {
    const { terminal, directory, stop } = await start()
    expect(terminal.out).toBe(
      `Keeping token, ca.crt, namespace of ServiceAccount ci/deployer fresh in ${directory}\n`,
    )
    await newToken(directory)
    expect(await stop()).toBe(0)
    expect(terminal.err).toBe('')
    expect(readToken(directory)).toMatch(/^\S+\.\S+\.\S+$/u)
  })

  test('is one of the new account when that was made anew', async () => {
    const { terminal, directory } = await start('--check-account=1s')
    const before = await newToken(directory)
    cluster.server.createTokenOwner(deployer)
    const after = await newToken(directory, before)
    expect(claimsIn(after)['kubernetes.io']).not.toEqual(claimsIn(before)['kubernetes.io'])
    expect(terminal.err).toContain(
      'ServiceAccount ci/deployer was made anew: its old tokens are worth nothing\n',
    )
    await until(() => terminal.err.includes('new files, good until 2'))
  })

  test('tells that the account cannot be looked at', async () => {
    const stop = cluster.server.intercept(({ path }, respond) => {
      if (!path.endsWith('/serviceaccounts/deployer')) return false
      const body = { kind: 'Status', message: 'not for you', reason: 'Forbidden' }
      respond.reply({ statusCode: 403, body })
      return true
    })
    const { terminal, directory } = await start('--check-account=1s')
    await newToken(directory)
    await until(() => terminal.err !== '')
    stop()
    expect(terminal.err).toBe(
      'error: cannot look whether ServiceAccount ci/deployer was made anew: not for you\n',
    )
  })

  test('is tried again when it cannot be had, and the failure is told once', async () => {
    const stop = cluster.server.intercept(({ path }, respond) => {
      if (!path.endsWith('/token')) return false
      const body = { kind: 'Status', message: 'not today', reason: 'Forbidden' }
      respond.reply({ statusCode: 403, body })
      return true
    })
    const { terminal, directory } = await start()
    const tries = (): number =>
      cluster.server.requests.filter(({ path }) => path.endsWith('/token')).length
    await until(() => tries() > 1)
    stop()
    await newToken(directory)
    expect(terminal.err).toMatch(
      /^error: no new token: failed to fetch token: not today \(tried again in \d s; this run has written nothing yet, files from before stay as they are\)\nhint: whoever asks needs the verb "create" .*\n/u,
    )
    await until(() => terminal.err.includes('new files, good until 2'))
    expect(terminal.err.split('\n')).toHaveLength(4)
  })
})

describe('with -v', () => {
  test('1 it tells of each new token, whose it is and for whom, in plain words', async () => {
    const { terminal, directory } = await start('-v=1', '--audience=vault')
    const token = await newToken(directory)
    await until(() => terminal.err.includes('new files'))
    expect(terminal.err).toMatch(
      /^token of ServiceAccount ci\/deployer for vault: new credential \(token changed, first\) until 2.*Z$/mu,
    )
    expect(terminal.err).not.toContain('BoundObjectReference')
    for (const part of token.split('.')) expect(terminal.err).not.toContain(part)
  })

  test('6 it tells of each request as well, and of no body', async () => {
    const { terminal, directory } = await start('-v=6', '--check-account=1s')
    const token = await newToken(directory)
    await until(() => terminal.err.includes('GET '))
    const account = `${cluster.server.url}/api/v1/namespaces/ci/serviceaccounts/deployer`
    expect(terminal.err).toMatch(
      new RegExp(`^POST ${account}/token 201 Created in \\d+ milliseconds$`, 'mu'),
    )
    expect(terminal.err).toMatch(new RegExp(`^GET ${account} 200 OK in \\d+ milliseconds$`, 'mu'))
    for (const part of token.split('.')) expect(terminal.err).not.toContain(part)
  })

  test('6 it tells of requests with --once, too', async () => {
    const { stderr } = await project('--once', `--dir=${emptyFolder(cluster.folder)}`, '-v=6')
    expect(stderr).toMatch(
      /^POST \S+\/serviceaccounts\/deployer\/token 201 Created in \d+ milliseconds$/mu,
    )
  })
})

describe('health and metrics', () => {
  const ask = async (at: string, path: string): Promise<{ status: number; body: string }> => {
    const response = await fetch(`http://${at}${path}`, { headers: { connection: 'close' } })
    return { status: response.status, body: await response.text() }
  }
  const at = ({ terminal }: Running, what: string): string =>
    new RegExp(`^Serving ${what} on (.*)$`, 'mu').exec(terminal.out)?.[1] ?? ''

  test('are one server at one address', async () => {
    const here = '127.0.0.1:0'
    const kept = await start(`--health-address=${here}`, `--metrics-address=${here}`)
    await newToken(kept.directory)
    const where = at(kept, 'health and metrics')
    expect(await ask(where, '/healthz')).toEqual({ status: 200, body: 'ok\n' })
    await until(async () => (await ask(where, '/readyz')).status === 200)
    const { body } = await ask(where, '/metrics')
    const label = `{directory="${kept.directory}"}`
    expect(body).toContain('kubecred_token_renewals_total{reason="first"} 1\n')
    expect(body).toContain(`kubecred_volume_writes_total${label} 1\n`)
    const end = /kubecred_volume_token_end_timestamp_seconds\{.*\} (\S+)/u.exec(body)?.[1]
    const { exp } = claimsIn(readToken(kept.directory) ?? '')
    expect(Number(end)).toBe(exp)
    expect(body).not.toContain('PLANTED')
  })

  test('say that a token is worth nothing while its account is gone', async () => {
    const kept = await start('--health-address=127.0.0.1:0', '--check-account=1s')
    const before = await newToken(kept.directory)
    const ready = (): ReturnType<typeof ask> => ask(at(kept, 'health'), '/readyz')
    await until(async () => (await ready()).status === 200)
    cluster.server.deleteTokenOwner(deployer)
    await until(async () => (await ready()).status === 503)
    expect((await ready()).body).toMatch(
      /^token is worth nothing: its ServiceAccount was deleted or made anew\n/u,
    )
    expect(readToken(kept.directory)).toBe(before)
    cluster.server.createTokenOwner(deployer)
    await newToken(kept.directory, before)
    await until(async () => (await ready()).status === 200)
  })

  test('say why there is nothing to read yet, and count that', async () => {
    const stop = cluster.server.intercept(({ path }, respond) => {
      if (!path.endsWith('/token')) return false
      respond.reply({ statusCode: 403, body: { kind: 'Status', message: 'not today' } })
      return true
    })
    const kept = await start('--health-address=127.0.0.1:0', '--metrics-address=localhost:0')
    await until(() => kept.terminal.err !== '')
    expect(await ask(at(kept, 'health'), '/readyz')).toEqual({
      status: 503,
      body:
        'this run has written nothing yet, files from before stay as they are\n' +
        'failed to fetch token: not today\n',
    })
    expect((await ask(at(kept, 'health'), '/metrics')).status).toBe(404)
    expect((await ask(at(kept, 'metrics'), '/metrics')).body).toMatch(
      /^kubecred_volume_failures_total\{code="ERR_TOKEN_REQUEST",directory=".*",part="token"\} [12]$/mu,
    )
    stop()
  })
})

describe('a mistake', () => {
  test.each<[readonly string[], string]>([
    [['--dir=d', '--service-account='], '--service-account is required'],
    [[], '--dir is required'],
    [['--dir=d', '--service-account=a/b'], 'invalid resource name "a/b"'],
    [['--dir=d', '--expiration-seconds=5'], 'invalid argument "5" for "--expiration-seconds" flag'],
    [['--dir=d', '--path=/x'], 'invalid argument "/x" for "--path" flag: must be a relative path'],
    [['--dir=d', '--path=ca.crt'], 'for "--path" flag: is one of conflicting duplicate paths'],
    [['--dir=d', '--spec=x', '--audience=y'], 'cannot set --spec and --audience at the same time'],
    [['--dir=d', '--check-account=60'], 'invalid argument "60" for "--check-account" flag'],
    [['--dir=d', '--mode=888'], 'invalid argument "888" for "--mode" flag'],
    [['--dir=d', '--fs-user=root'], 'invalid argument "root" for "--fs-user" flag'],
    [['--dir=d', '--signal=SIGKILL', '--pid=9'], 'invalid argument "SIGKILL" for "--signal" flag'],
    [['--dir=d', '--signal=HUP'], '--signal needs a process'],
    [['--dir=d', '--pid=9', '--pid-file=x'], 'cannot set --pid and --pid-file at the same time'],
    [['--dir=d', '--once', '--pid=9'], 'nothing is done after --once'],
    [['--dir=d', '--once', '--', 'true'], 'nothing is done after --once'],
    [['--dir=d', '--once', '--health-address=a:1'], 'nothing is served with --once'],
    [['--dir=d', 'reboot'], 'unexpected argument "reboot"'],
    [['--dir=d', 'reboot', '--', 'true'], 'unexpected argument "reboot"'],
    [['--dir=d', '--health-address=80'], 'invalid argument "80" for "--health-address" flag'],
  ])('as %j is told before anything is done', async (args, words) => {
    const line = ['token', 'project', '--kubeconfig', cluster.withToken, ...whom, ...args]
    const { exitCode, stdout, stderr } = await runCli(line)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(words)
    expect(cluster.server.requests).toEqual([])
  })

  test('in the file of a volume is told with its line', async () => {
    const spec = join(cluster.folder, 'wrong.yaml')
    writeFileSync(spec, 'sources:\n- hostPath: {path: /}\n')
    const { exitCode, stderr } = await project('--dir=d', `--spec=${spec}`)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('line 2')])
    const missing = await project('--dir=d', '--spec=/none/volume.yaml')
    expect(missing.stderr).toBe(
      'error: open /none/volume.yaml: no such file or directory\n' +
        'hint: give --spec a file with a projected volume source of a Pod\n',
    )
  })
})
