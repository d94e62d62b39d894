import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { run } from '../../src/cli/run.ts'
import { besideKubectl, hasKubectl } from '../kubeconfig/kubectl.ts'
import { startOurs, startTheirs, stopProxy, type StartedProxy } from '../proxy/both-proxies.ts'
import { startKubectl } from '../proxy/kubectl-process.ts'
import { sendRaw } from '../proxy/raw-request.ts'
import { until } from '../testing/until.ts'
import { FakeTerminal, runCli } from './fake-terminal.ts'
import { liveCluster, plantedToken } from './live-cluster.ts'

const cluster = liveCluster()
const usesSockets = process.platform !== 'win32'
const hasIPv6 = Object.values(networkInterfaces()).some((each) =>
  each?.some(({ address }) => address === '::1'),
)

interface RunningProxy {
  readonly terminal: FakeTerminal
  stop(): Promise<number>
}

const running: RunningProxy[] = []
let count = 0
let folder: string

beforeEach(() => {
  folder = join(cluster.folder, `place-${count++}`)
  mkdirSync(folder)
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((proxy) => proxy.stop()))
  await until(() => cluster.server.openConnections === 0)
})

async function startProxy(...args: readonly string[]): Promise<RunningProxy> {
  const terminal = new FakeTerminal()
  const ended = run(['proxy', '--kubeconfig', cluster.withToken, ...args], terminal)
  await until(() => terminal.out !== '' || terminal.err.includes('error:'))
  expect(terminal.out).toMatch(/^Starting to serve on .*\n$/u)
  let stopped = false
  const proxy = {
    terminal,
    stop: () => {
      if (!stopped) terminal.signal('SIGTERM')
      stopped = true
      return ended
    },
  }
  running.push(proxy)
  return proxy
}

async function respond(options: RequestOptions): Promise<IncomingMessage> {
  const [response]: IncomingMessage[] = await once(
    httpRequest({ path: '/version', agent: false, ...options }).end(),
    'response',
  )
  if (response === undefined) throw new Error('no response')
  return response
}

async function ask(options: RequestOptions): Promise<readonly [number | undefined, string]> {
  const response = await respond(options)
  return [response.statusCode, await text(response)]
}

/** How it fails: exit code and what is said. */
async function failure(...args: readonly string[]): Promise<readonly [number, string]> {
  const all = ['proxy', '--kubeconfig', cluster.withToken, ...args]
  const { exitCode, stdout, stderr } = await runCli(all)
  expect(stdout).toBe('')
  return [exitCode, stderr]
}

describe.runIf(usesSockets)('a proxy on a socket in the file system', () => {
  test('says where it is, and answers there as on a port', async () => {
    const path = join(folder, 'socket')
    const proxy = await startProxy(`--unix-socket=${path}`)
    expect([proxy.terminal.out, proxy.terminal.err]).toEqual([`Starting to serve on ${path}\n`, ''])
    expect(await ask({ socketPath: path })).toEqual([200, expect.stringContaining('"major"')])
    const [seen] = cluster.server.requests
    expect(seen).toMatchObject({ user: 'alice', path: '/version' })
    expect(seen?.headers).not.toHaveProperty('x-forwarded-for')
  })

  test('passes on the way that a request has come so far, and adds nothing', async () => {
    const path = join(folder, 'socket')
    await startProxy('-u', path)
    await ask({ socketPath: path, headers: { 'x-forwarded-for': '192.0.2.7' } })
    expect(cluster.server.requests[0]?.headers['x-forwarded-for']).toBe('192.0.2.7')
  })

  test('filters requests as on a port', async () => {
    const path = join(folder, 'socket')
    await startProxy('--unix-socket', path)
    const exec = '/api/v1/namespaces/a/pods/b/exec'
    expect(await ask({ socketPath: path, path: exec })).toEqual([403, 'Forbidden\n'])
  })

  test('streams a watch, and an upgrade both ways', async () => {
    const path = join(folder, 'socket')
    await startProxy('--unix-socket', path)
    const watch = await respond({ socketPath: path, path: '/api/v1/namespaces?watch=true' })
    watch.on('error', () => undefined)
    await once(watch, 'readable')
    watch.destroy()
    const headers = { connection: 'upgrade', upgrade: 'echo' }
    const request = httpRequest({ socketPath: path, path: '/upgrade-echo', headers }).end()
    const socket = await new Promise<NodeJS.ReadWriteStream & { destroy(): void }>((resolve) =>
      request.once('upgrade', (_response, upgraded) => resolve(upgraded)),
    )
    const heard = once(socket, 'data')
    socket.write('there and back')
    expect(String((await heard)[0])).toBe('there and back')
    socket.destroy()
    await until(() => cluster.server.openWatches === 0)
  })

  test.each([0o022, 0o000, 0o077])(
    'is for its user alone, whatever the umask, which is %s afterwards as before',
    async (umask) => {
      const before = process.umask(umask)
      try {
        const path = join(folder, 'socket')
        await startProxy('--unix-socket', path)
        const { mode } = lstatSync(path)
        expect([mode & 0o077, mode & 0o600]).toEqual([0, 0o600])
        expect(umaskSeen()).toBe(umask)
        await failure('--unix-socket', join(folder, 'nowhere', 'socket'))
        expect(umaskSeen()).toBe(umask)
      } finally {
        process.umask(before)
      }
    },
  )

  test('takes the place of a socket that was left behind', async () => {
    const path = join(folder, 'socket')
    await leaveSocket(path)
    expect(lstatSync(path).isSocket()).toBe(true)
    await startProxy('--unix-socket', path)
    expect(await ask({ socketPath: path })).toEqual([200, expect.any(String)])
  })

  test('takes the place of another that serves, as kubectl does', async () => {
    const path = join(folder, 'socket')
    await startProxy('--unix-socket', path)
    const second = await startProxy('--unix-socket', path)
    expect(await ask({ socketPath: path })).toEqual([200, expect.any(String)])
    await second.stop()
    expect(existsSync(path)).toBe(false)
  })

  test('leaves the socket of the one that has taken its place', async () => {
    const path = join(folder, 'socket')
    const first = await startProxy('--unix-socket', path)
    await startProxy('--unix-socket', path)
    await first.stop()
    expect(existsSync(path)).toBe(true)
  })

  test.each<[what: string, make: (path: string) => void]>([
    ['an ordinary file', (path) => writeFileSync(path, 'keep me')],
    ['an empty file', (path) => writeFileSync(path, '')],
    ['a link to a file', (path) => symlinkSync('/etc/hostname', path)],
    ['a link that leads nowhere', (path) => symlinkSync('/nowhere', path)],
    ['a folder', (path) => mkdirSync(path)],
  ])('does not take the place of %s', async (_what, make) => {
    const path = join(folder, 'taken')
    make(path)
    const before = lstatSync(path)
    expect(await failure('--unix-socket', path)).toEqual([
      1,
      expect.stringMatching(/^error: listen unix \/.*\/taken: bind: address already in use\n/u),
    ])
    const { ino, size, mode } = lstatSync(path)
    expect([ino, size, mode]).toEqual([before.ino, before.size, before.mode])
  })

  test('keeps what stands in the file that is in its way', async () => {
    const path = join(folder, 'taken')
    writeFileSync(path, 'keep me')
    const [, said] = await failure('--unix-socket', path)
    expect(said).toContain('hint: give --unix-socket a path that is free')
    expect(readFileSync(path, 'utf8')).toBe('keep me')
  })

  test('says that there is no such folder', async () => {
    const path = join(folder, 'nowhere', 'socket')
    expect(await failure('--unix-socket', path)).toEqual([
      1,
      expect.stringContaining(`error: listen unix ${path}: bind: no such file or directory\n`),
    ])
  })

  test('says that a path is too long for a socket', async () => {
    const path = join(folder, 'x'.repeat(120))
    expect(await failure('--unix-socket', path)).toEqual([
      1,
      expect.stringContaining(`error: listen unix ${path}: bind: invalid argument\n`),
    ])
  })

  test('takes its socket with it when it ends', async () => {
    const path = join(folder, 'socket')
    const proxy = await startProxy('--unix-socket', path)
    await ask({ socketPath: path })
    expect(await proxy.stop()).toBe(0)
    expect(existsSync(path)).toBe(false)
  })

  test('cannot have a port besides, but the one that it would have by itself', async () => {
    const path = join(folder, 'socket')
    for (const port of ['0', '1234', '8002']) {
      expect(await failure('--unix-socket', path, '--port', port)).toEqual([
        2,
        'error: cannot set --unix-socket and --port at the same time\nhint: leave one of them out\n',
      ])
    }
    expect(existsSync(path)).toBe(false)
    await startProxy('--unix-socket', path, '--port=8001')
    expect(await ask({ socketPath: path })).toEqual([200, expect.any(String)])
  })

  test('of which there is no name listens on its port', async () => {
    const proxy = await startProxy('--unix-socket=', '--port=0')
    expect(proxy.terminal.out).toMatch(/^Starting to serve on 127\.0\.0\.1:\d+\n$/u)
  })

  test('needs no warning without a filter, since no web page gets there', async () => {
    const path = join(folder, 'socket')
    const proxy = await startProxy('--unix-socket', path, '--disable-filter')
    expect(proxy.terminal.err).toBe('')
  })
})

/** The umask in force, by what becomes of a file; asking for it changes it for a moment. */
function umaskSeen(): number {
  const path = join(folder, `file-${count++}`)
  writeFileSync(path, '', { mode: 0o777 })
  return 0o777 & ~lstatSync(path).mode
}

/** Makes a socket that nobody listens on. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer().listen(join(folder, 'first'))
  await once(server, 'listening')
  linkSync(join(folder, 'first'), path)
  server.close()
  await once(server, 'close')
}

describe('a proxy on a port', () => {
  test.runIf(hasIPv6)('of ::1 says so, and answers there', async () => {
    const proxy = await startProxy('--address=::1', '--port=0')
    const port = Number(/^Starting to serve on \[::1\]:(\d+)\n$/u.exec(proxy.terminal.out)?.[1])
    expect(await ask({ host: '::1', port })).toEqual([200, expect.stringContaining('"major"')])
    expect(cluster.server.requests[0]?.headers['x-forwarded-for']).toBe('::1')
    expect(proxy.terminal.err).toBe('')
  })

  test('is on 8001 of this machine if nobody says otherwise', async () => {
    const { stdout } = await runCli(['proxy', '--help'])
    expect(stdout).toMatch(
      /-p, --port <port> +port to listen on; 0 picks one \(default: "8001"\)\n/u,
    )
    expect(stdout).toMatch(
      /--address <address> +address to listen on \(default: "127\.0\.0\.1"\)\n/u,
    )
  })

  test.each(['-1', '65536', '0x10', 'abc', '', ' 1', '1e3', '٣'])(
    'does not take %j for one',
    async (port) => {
      expect(await failure(`--port=${port}`)).toEqual([
        2,
        `error: invalid argument "${port}" for "-p, --port" flag\nhint: a number from 0 to 65535\n`,
      ])
    },
  )
})

describe('what cannot be understood is said before anything is done', () => {
  test.each(['x', '', '1d', '-5s', '1 s', 's', '1.s.2', '0x1s'])(
    '--keepalive=%s',
    async (value) => {
      const bad = failure('--port=0', `--keepalive=${value}`)
      expect(await bad).toEqual([
        2,
        `error: invalid argument "${value}" for "--keepalive" flag\n` +
          'hint: give a number with its unit: 30s, 1m30s\n',
      ])
    },
  )

  test('--keepalive=5, as with kubectl', async () => {
    const proxy = await startOurs(['--kubeconfig', cluster.withToken, '--keepalive=5'])
    await stopProxy(proxy)
    expect(proxy.kind).toBe('refuses')
  })

  test.each(['0', '0s', '1m30s', '+15s', '.5h', '100ms'])(
    'but not --keepalive=%s',
    async (value) => {
      const proxy = await startProxy('--port=0', `--keepalive=${value}`)
      expect(proxy.terminal.err).toBe('')
    },
  )

  test.each(['x', '', '-5s', '1d', '1'])('--rotation-drain=%s', async (value) => {
    expect(await failure('--port=0', `--rotation-drain=${value}`)).toEqual([
      2,
      `error: invalid argument "${value}" for "--rotation-drain" flag\n` +
        'hint: give a number with its unit: 90s, 1h; 0 for at once\n',
    ])
  })

  const prefixes = ['api', '/a b/', '/a?b/', '/a#b/', '//a/', '/a//b/', '/a/../b/', '/./', '/a/..']

  test.each(prefixes)('--api-prefix=%s', async (value) => {
    expect(await failure('--port=0', `--api-prefix=${value}`)).toEqual([
      2,
      `error: invalid argument "${value}" for "--api-prefix" flag\nhint: a prefix is a path: /api/\n`,
    ])
  })

  test.each(prefixes)('--www-prefix=%s, with a folder to serve', async (value) => {
    expect(await failure('--port=0', `--www=${folder}`, `--www-prefix=${value}`)).toEqual([
      2,
      `error: invalid argument "${value}" for "--www-prefix" flag\nhint: a prefix is a path: /api/\n`,
    ])
  })

  test('--www-prefix means nothing without a folder to serve', async () => {
    const proxy = await startProxy('--port=0', '--www-prefix=nonsense')
    expect(proxy.terminal.err).toBe('')
  })

  test.each([
    ['/', '/'],
    ['/api', '/api/'],
    ['', '/'],
  ])('--www-prefix=%s and --api-prefix=%s, which are one', async (www, api) => {
    const flags = [`--www=${folder}`, `--www-prefix=${www}`, `--api-prefix=${api}`]
    expect(await failure('--port=0', ...flags)).toEqual([
      2,
      `error: --www-prefix and --api-prefix are both "${api}"\n` +
        'hint: static files and the API need paths of their own\n',
    ])
  })
})

interface Passage {
  readonly status: number
  readonly location: string | undefined
  /** What the server was asked for. */
  readonly asked: readonly string[]
}

async function passage(proxy: StartedProxy, target: string): Promise<Passage> {
  if (proxy.kind === 'refuses') throw new Error(proxy.words)
  cluster.server.clearRequests()
  const request = { method: 'GET', target, hosts: ['localhost'] }
  const { status, headers } = await sendRaw(proxy.port, request)
  const asked = cluster.server.requests.map(({ path }) => path)
  return { status, location: headers.get('location'), asked }
}

const targets = [
  '/',
  '/api',
  '/api/',
  '/api/v1/namespaces?limit=1',
  '/apis/apps/v1',
  '/apix',
  '/version',
  '/custom',
  '/custom?a=b',
  '/custom/',
  '/custom/version?a=b',
  '/custom/api/v1',
  '/custom/custom/version',
  '/customs/version',
  '/CUSTOM/version',
  '/custom/a%20b',
  '/custom//version',
  '/custom/../version',
  '/custom/./version',
  '/k8s-api',
  '/k8s-api?a=b',
  '/k8s-api/',
  '/k8s-api/version',
  '/k8s-api/api/v1',
  '/k8s-apis/version',
] as const

describe.skipIf(!hasKubectl)(besideKubectl('a prefix is what it is with kubectl proxy'), () => {
  test.each([
    ['without flags', []],
    ['--api-prefix=', ['--api-prefix=']],
    ['--api-prefix=/custom/', ['--api-prefix=/custom/']],
    ['--api-prefix=/custom', ['--api-prefix=/custom']],
    ['--api-prefix=/k8s-api', ['--api-prefix=/k8s-api']],
    ['--api-prefix=/api/', ['--api-prefix=/api/']],
    ['--api-prefix=/api', ['--api-prefix=/api']],
    ['--api-prefix=/apis/', ['--api-prefix=/apis/']],
    ['--api-prefix=/custom/custom/', ['--api-prefix=/custom/custom/']],
  ])('%s', async (_title, flags) => {
    await expectSamePassages(flags, targets)
  })
})

// kubectl decodes the path, takes the prefix away, and encodes what is left as it sees fit.
test.each([
  ['/%63ustom/version', 404, []],
  ['/custom/%2Fversion', 404, ['/%2Fversion']],
  ['/custom/a%2Fb', 404, ['/a%2Fb']],
])('a prefix is taken from %s as it came, and the rest stays so', async (path, status, asked) => {
  const socketPath = join(folder, 'socket')
  await startProxy('--api-prefix=/custom/', '--unix-socket', socketPath)
  const [got] = await ask({ socketPath, path, headers: { host: 'localhost' } })
  const seen = cluster.server.requests.map((request) => request.path)
  expect([got, seen]).toEqual([status, asked])
})

async function expectSamePassages(
  given: readonly string[],
  asked: readonly string[],
): Promise<void> {
  const flags = ['--kubeconfig', cluster.withToken, ...given]
  const stop = cluster.server.intercept((_request, reply) => {
    reply.reply({ statusCode: 200, body: 'reached' })
    return true
  })
  const [ours, theirs] = await Promise.all([startOurs(flags), startTheirs(flags)])
  try {
    const table = async (proxy: StartedProxy): Promise<Record<string, Passage>> => {
      const rows: Record<string, Passage> = {}
      for (const target of asked) rows[target] = await passage(proxy, target)
      return rows
    }
    expect(await table(ours)).toEqual(await table(theirs))
  } finally {
    stop()
    await Promise.all([stopProxy(ours), stopProxy(theirs)])
  }
}

describe.skipIf(!hasKubectl)(besideKubectl('the words are those of kubectl proxy'), () => {
  /** What kubectl says until it serves, or has ended. */
  async function theirWords(...args: readonly string[]): Promise<string> {
    const kubectl = startKubectl(['proxy', ...args], { folder })
    await until(() => kubectl.stdout() !== '' || kubectl.child.exitCode !== null)
    kubectl.child.kill()
    await kubectl.ended
    return plain(kubectl.stderr())
  }

  async function ourWords(...args: readonly string[]): Promise<string> {
    const terminal = new FakeTerminal()
    const ended = run(['proxy', ...args], terminal)
    await until(() => terminal.out !== '' || terminal.err.includes('error:'))
    terminal.signal('SIGTERM')
    await ended
    return plain(terminal.err)
  }

  /** Words alone: no warning sign, no time, no line of a source, nothing that only we say. */
  function plain(said: string): string {
    return said
      .split('\n')
      .filter((line) => !/^(?:hint|cause): |^See '/u.test(line))
      .map((line) => line.replace(/^(?:Warning: |W\d{4} [^\]]*\] )/u, ''))
      .join('\n')
      .trim()
  }

  async function expectSame(...args: readonly string[]): Promise<void> {
    const [ours, theirs] = [await ourWords(...args), await theirWords(...args)]
    expect(ours).toBe(theirs)
    expect(theirs).not.toBe('')
  }

  test('of a server with a path', async () => {
    const server = `${cluster.server.url}/base`
    const config = await cluster.kubeconfig('base', { token: plantedToken }, { server })
    await expectSame('--port=0', '--kubeconfig', config)
  })

  test('of a filter that is switched off', async () => {
    await expectSame('--port=0', '--kubeconfig', cluster.withToken, '--disable-filter')
  })

  test('of a file in place of a folder to serve', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'no folder')
    await expectSame('--port=0', '--kubeconfig', cluster.withToken, '--www', file)
  })

  test('of a folder to serve that is not there', async () => {
    const nowhere = join(folder, 'nowhere')
    await expectSame('--port=0', '--kubeconfig', cluster.withToken, '--www', nowhere)
  })

  test('of a socket and a port at the same time', async () => {
    const socket = `--unix-socket=${join(folder, 'socket')}`
    await expectSame('--kubeconfig', cluster.withToken, socket, '--port=1')
  })

  test('of a file in the place of a socket', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'no socket')
    await expectSame('--kubeconfig', cluster.withToken, `--unix-socket=${file}`)
  })
})
