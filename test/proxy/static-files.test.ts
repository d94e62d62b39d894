import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {
  createServer,
  request as httpRequest,
  type ClientRequest,
  type Server,
  type ServerResponse,
} from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { serveStaticFiles } from '../../src/proxy/static-files.ts'
import { readStaticPath } from '../../src/proxy/static-path.ts'
import { besideKubectl, hasKubectl, kubectlPath } from '../kubeconfig/kubectl.ts'
import { collect, responseTo } from '../testing/http-clients.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { temporaryHome } from '../testing/temporary-home.ts'
import { until } from '../testing/until.ts'
import {
  ask,
  cases,
  file,
  files,
  htmlType,
  missing,
  modified,
  posixCases,
  posixFiles,
  refusal,
  signatures,
  textType,
} from './static-cases.ts'

const isWindows = process.platform === 'win32'
const isRoot = process.getuid?.() === 0
const onPosix = (title: string): string =>
  isWindows ? `${title} (skipped: Windows has no such files)` : title

const folder = temporaryFolder()
const www = join(folder, 'www')
const makeFolder = (): string => mkdtempSync(join(folder, 'other-'))

beforeAll(() => {
  writeFileSync(join(folder, 'secret'), 'not to be served\n')
  for (const [name, text] of Object.entries({ ...files, ...(isWindows ? {} : posixFiles) })) {
    const path = join(www, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    utimesSync(path, modified, modified)
  }
  if (!isWindows) {
    symlinkSync(join(folder, 'secret'), join(www, 'link-out'))
    symlinkSync('sub', join(www, 'link-folder'))
    symlinkSync('nowhere', join(www, 'link-nowhere'))
    symlinkSync('link-loop', join(www, 'link-loop'))
    utimesSync(join(folder, 'secret'), modified, modified)
  }
  for (const name of ['sub', 'sub/b', 'nested/index.html', ...(isWindows ? [] : ['star'])]) {
    utimesSync(join(www, name), modified, modified)
  }
})

interface Served {
  readonly port: number
  /** The last answer, seen from the server. */
  readonly last: () => ServerResponse | undefined
}

const servers: Server[] = []

afterAll(async () => {
  await Promise.all(
    servers.map((server) => {
      server.close()
      return once(server, 'close')
    }),
  )
})

async function serve(directory: string, prefix = '/static/'): Promise<Served> {
  const handle = serveStaticFiles({ directory, prefix })
  let last: ServerResponse | undefined
  // As the proxy's own.
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    last = response
    handle(request, response)
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return { port: address.port, last: () => last }
}

const table = isWindows ? cases : [...cases, ...posixCases]
const url = (path: string): string => (path.startsWith('../') ? path.slice(2) : `/static/${path}`)

let ours: Served

beforeAll(async () => {
  ours = await serve(www)
})

describe('serveStaticFiles answers', () => {
  test.each(table)('%s: %s', async (_title, path, asked, expected) => {
    expect(await ask(ours.port, url(path), asked)).toEqual(expected)
  })
})

const sniffed = join(www, '.sniffed')

beforeAll(() => {
  mkdirSync(sniffed)
  for (const [index, [beginning]] of signatures.entries()) {
    writeFileSync(join(sniffed, String(index)), beginning, 'latin1')
  }
})

async function sniffedTypes(port: number): Promise<unknown[]> {
  const types: unknown[] = []
  for (const index of signatures.keys()) {
    const answer = await ask(port, `/static/.sniffed/${index}`)
    types.push(answer['content-type'])
  }
  return types
}

test('a file whose name says nothing has the type that its content speaks for', async () => {
  expect(await sniffedTypes(ours.port)).toEqual(signatures.map(([, type]) => type))
})

test('what a page is made of has the same type on every machine', async () => {
  const directory = makeFolder()
  const types = {
    'a.js': 'text/javascript; charset=utf-8',
    'a.mjs': 'text/javascript; charset=utf-8',
    'a.wasm': 'application/wasm',
    'a.woff2': 'font/woff2',
    'a.ico': 'image/vnd.microsoft.icon',
    'a.webmanifest': 'application/manifest+json',
    'a.js.map': textType,
    'a.': textType,
    '.html': htmlType,
  }
  const { port } = await serve(directory)
  for (const [name, type] of Object.entries(types)) {
    writeFileSync(join(directory, name), '{}')
    expect(await ask(port, `/static/${name}`)).toMatchObject({ 'content-type': type })
  }
})

test('a directory that is not there has no files', async () => {
  const { port } = await serve(join(folder, 'nowhere'))
  expect(await ask(port, '/static/')).toEqual(missing)
  expect(await ask(port, '/static/hello.txt')).toEqual(missing)
})

test('a directory that is a file has none, either', async () => {
  const { port } = await serve(join(www, 'hello.txt'))
  expect(await ask(port, '/static/nope')).toEqual(missing)
  expect(await ask(port, '/static/')).toEqual(
    refusal(500, 'http: attempting to traverse a non-directory'),
  )
})

test('a whole path of this machine leads to nothing', async () => {
  for (const path of [join(folder, 'secret'), join(www, 'hello.txt')]) {
    expect(await ask(ours.port, `/static/${encodeURIComponent(path)}`)).toEqual(missing)
  }
})

test('a path that is not below the prefix leads to nothing', async () => {
  const { port } = await serve(www, '/a/b/')
  expect(await ask(port, '/a/b/hello.txt')).toEqual(file('hello\n'))
  expect(await ask(port, '/a/hello.txt')).toEqual(missing)
})

test('a request to a proxy, with the host in its first line, is served', async () => {
  expect(await ask(ours.port, 'http://localhost/static/hello.txt?a')).toEqual(file('hello\n'))
})

test.each(['%00', 'hello.txt%00', '%ff', '%C3'])('%s is no name of a file', async (name) => {
  expect(await ask(ours.port, `/static/${name}`)).toEqual(missing)
})

test('more bytes from the end than there are is the whole file', async () => {
  expect(await ask(ours.port, '/static/ten.txt', { headers: { range: 'bytes=-11' } })).toEqual(
    file('0123456789'),
  )
})

test('several ranges at once are the whole file', async () => {
  const answer = await ask(ours.port, '/static/ten.txt', { headers: { range: 'bytes=0-1,4-5' } })
  expect(answer).toEqual(file('0123456789'))
})

test('a file of no time has none to say', async () => {
  const directory = makeFolder()
  writeFileSync(join(directory, 'file'), '')
  utimesSync(join(directory, 'file'), 0, 0)
  const { port } = await serve(directory)
  expect(await ask(port, '/static/file')).not.toHaveProperty('last-modified')
})

describe.skipIf(isWindows)(onPosix('names of all kinds'), () => {
  const names = Object.keys(posixFiles).flatMap(
    (path) => /^odd\/(?<name>[^/]+)$/su.exec(path)?.groups?.['name'] ?? [],
  )

  test('are listed in the order of their bytes, escaped as text and as links', async () => {
    const { body } = await ask(ours.port, '/static/odd/')
    expect(body.split('\n').slice(3)).toEqual([
      '<a href="*">*</a>',
      '<a href="%3Cb%3E&%22%27.txt">&lt;b&gt;&amp;&#34;&#39;.txt</a>',
      '<a href="back%5Cslash">back\\slash</a>',
      '<a href="./c:d">c:d</a>',
      '<a href="./e:f/">e:f/</a>',
      '<a href="new%0Aline">new',
      'line</a>',
      '<a href="num%23ber.txt">num#ber.txt</a>',
      '<a href="what%3F.txt">what?.txt</a>',
      '<a href="%EF%BF%BF">\u{ffff}</a>',
      '<a href="%F0%90%80%80">\u{10000}</a>',
      '</pre>',
      '',
    ])
  })

  test.each(names)('%j is found by its link', async (name) => {
    const { body } = await ask(ours.port, '/static/odd/')
    const links = [...body.matchAll(/href="(?<link>[^"]*)"/gu)].map(
      ({ groups }) => groups?.['link'],
    )
    const bodies = links.map(async (link = '') => {
      const { pathname } = new URL(link, 'http://localhost/static/odd/')
      return (await ask(ours.port, pathname)).body
    })
    expect(await Promise.all(bodies)).toContain(posixFiles[`odd/${name}`])
  })

  test.each(['my folder', '100%', 'a?b', 'a#b', 'a:b', '\\\\evil.example', 'tëst', 'a\nb'])(
    'a client finds its way to the folder %j, and from the file in it',
    async (name) => {
      const directory = makeFolder()
      mkdirSync(join(directory, name))
      writeFileSync(join(directory, name, name), '')
      const { port } = await serve(directory)
      const there = `/static/${encodeURIComponent(name)}`
      const inner = `${there}/${encodeURIComponent(name)}`
      expect(await follow(port, there)).toBe(`/static/${name}/`)
      expect(await follow(port, `${inner}/`)).toBe(`/static/${name}/${name}`)
    },
  )

  /** Where a client goes that is sent elsewhere. */
  async function follow(port: number, path: string): Promise<string> {
    const { location } = await ask(port, path)
    const { pathname } = new URL(String(location), `http://localhost${path}`)
    return decodeURIComponent(pathname)
  }

  test('a pipe is not waited for', async () => {
    const directory = makeFolder()
    execFileSync('mkfifo', [join(directory, 'pipe'), join(directory, 'index.html')])
    const { port } = await serve(directory)
    expect(await ask(port, '/static/pipe')).toEqual(refusal(403, '403 Forbidden'))
    expect(await ask(port, '/static/')).toMatchObject({ status: 200, 'content-type': htmlType })
  })
})

test.skipIf(isRoot || isWindows)(
  `what may not be read is refused${isRoot ? ' (skipped: root may read everything)' : ''}`,
  async () => {
    const directory = makeFolder()
    mkdirSync(join(directory, 'folder'))
    writeFileSync(join(directory, 'file'), '')
    writeFileSync(join(directory, 'index.html'), '')
    for (const name of ['folder', 'file', 'index.html']) chmodSync(join(directory, name), 0o000)
    const { port } = await serve(directory)
    for (const path of ['file', 'folder', 'folder/', 'folder/file']) {
      expect(await ask(port, `/static/${path}`)).toEqual(refusal(403, '403 Forbidden'))
    }
    expect(await ask(port, '/static/file', { method: 'HEAD' })).toMatchObject({ status: 403 })
    expect(await ask(port, '/static/')).toMatchObject({ status: 200, 'content-type': htmlType })
    chmodSync(join(directory, 'folder'), 0o700)
  },
)

test('on Windows no name leads to a device, a stream of a file or another drive', () => {
  const read = (path: string): unknown => readStaticPath(`/static/${path}`, '/static/', '\\')?.file
  expect(read('a/console/b')).toBe('/a/console/b')
  for (const path of ['NUL', 'a/con', 'com1.txt', 'lpt%C2%B2', 'aux%20', 'C:', 'a:b', '..%5Ca']) {
    expect(read(path)).toBeUndefined()
  }
})

const fileTable = '/proc/self/fd'
const hasFileTable = process.platform === 'linux'

/** How many files of a folder this process has open. */
function openFilesIn(directory: string): number {
  const paths = readdirSync(fileTable).map((name) => {
    try {
      return readlinkSync(`${fileTable}/${name}`)
    } catch {
      // That of the reading itself.
      return ''
    }
  })
  return paths.filter((path) => path.startsWith(directory)).length
}

describe('a large file', () => {
  const size = 64 * 2 ** 20

  function makeLarge(): string {
    const directory = makeFolder()
    writeFileSync(join(directory, 'large'), '')
    truncateSync(join(directory, 'large'), size)
    return directory
  }

  function begin({ port }: Served): ClientRequest {
    // Else the server ends the connection of itself.
    const headers = { connection: 'keep-alive' }
    const path = '/static/large'
    return httpRequest({ host: '127.0.0.1', port, path, headers, agent: false }).end()
  }

  test('is read no faster than the client takes it, and arrives as a whole', async () => {
    const served = await serve(makeLarge())
    const response = await responseTo(begin(served))
    let before = -1
    await until(() => {
      const { socket, writableNeedDrain } = served.last() ?? {}
      const written = socket?.bytesWritten ?? 0
      const stalled = writableNeedDrain === true && written === before
      before = written
      return stalled
    })
    expect(served.last()?.writableLength).toBeLessThan(2 ** 20)
    expect((await collect(response)).length).toBe(size)
  })

  test('that shrinks meanwhile does not end as if it were whole', async () => {
    const directory = makeLarge()
    const served = await serve(directory)
    const response = await responseTo(begin(served))
    await until(() => served.last()?.writableNeedDrain === true)
    truncateSync(join(directory, 'large'), 0)
    await expect(collect(response)).rejects.toThrow('aborted')
  })

  describe.skipIf(!hasFileTable)(
    `is closed${hasFileTable ? '' : ' (skipped: this system does not tell)'}`,
    () => {
      test('when it has been sent', async () => {
        const directory = makeLarge()
        await collect(await responseTo(begin(await serve(directory))))
        await until(() => openFilesIn(directory) === 0)
        expect(openFilesIn(directory)).toBe(0)
      })

      test('when the client goes away in the middle of it', async () => {
        const directory = makeLarge()
        const served = await serve(directory)
        const outgoing = begin(served)
        await responseTo(outgoing)
        await until(() => served.last()?.writableNeedDrain === true)
        expect(openFilesIn(directory)).toBe(1)
        outgoing.destroy()
        await until(() => served.last()?.destroyed === true && openFilesIn(directory) === 0)
        expect(openFilesIn(directory)).toBe(0)
      })

      test('when the client has gone before it was found', async () => {
        const directory = makeLarge()
        const served = await serve(directory)
        const socket = connect(served.port, '127.0.0.1').on('error', () => {})
        socket.write('GET /static/large HTTP/1.1\r\nHost: localhost\r\n\r\n', () => {
          socket.resetAndDestroy()
        })
        await until(() => served.last()?.destroyed === true && openFilesIn(directory) === 0)
        expect(openFilesIn(directory)).toBe(0)
      })
    },
  )
})

describe.skipIf(!hasKubectl)(besideKubectl('kubectl proxy --www answers the same'), () => {
  let child: ChildProcess | undefined
  let theirs = 0

  beforeAll(async () => {
    const kubeconfig = join(folder, 'kubeconfig')
    writeFileSync(kubeconfig, unreachable)
    const args = ['proxy', '--port=0', '--www', www, '--www-prefix', '/static/']
    child = spawn(kubectlPath ?? '', [...args, '--kubeconfig', kubeconfig], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] ?? '', HOME: temporaryHome },
    })
    const said = child.stdout === null ? [] : await once(child.stdout, 'data')
    theirs = Number(/:(?<port>\d+)\n/u.exec(String(said[0]))?.groups?.['port'])
  })

  afterAll(async () => {
    if (child === undefined) return
    child.kill()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })

  test.each(table)('%s: %s', async (_title, path, asked) => {
    const [our, their] = [
      await ask(ours.port, url(path), asked),
      await ask(theirs, url(path), asked),
    ]
    expect(our).toEqual(their)
  })

  test('of a folder with names of all kinds, and of the directory itself', async () => {
    for (const path of ['odd/', '']) {
      expect(await ask(ours.port, url(path))).toEqual(await ask(theirs, url(path)))
    }
  })

  test('of types that the content speaks for', async () => {
    expect(await sniffedTypes(ours.port)).toEqual(await sniffedTypes(theirs))
  })
})

const unreachable = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  users: [{ name: 'u', user: { token: 'none' } }],
  'current-context': 'c',
})
