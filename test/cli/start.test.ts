import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { beforeAll, describe, expect, test } from 'vitest'

import { builtProgram, KubecredProcess, type ProcessOptions } from './kubecred-process.ts'
import { liveCluster, plantedToken } from './live-cluster.ts'
import { serveTokens, serviceAccountClaims, tokenWith } from './token-routes.ts'

const cluster = liveCluster()
const isWindows = process.platform === 'win32'

describe('what a command does not need is not loaded', () => {
  const loaded = join(cluster.folder, 'loaded')
  const probe = join(cluster.folder, 'probe.cjs')
  const token = join(cluster.folder, 'token')
  beforeAll(() => {
    const list = `require('node:fs').writeFileSync(${JSON.stringify(loaded)}, process.moduleLoadList.join('\\n'))`
    writeFileSync(probe, `process.on('exit', () => ${list})`)
    writeFileSync(token, tokenWith(serviceAccountClaims('ci', 'deployer')))
    serveTokens(cluster.server)
  })

  /** The modules of Node's that a command loads, by the names that Node has for them. */
  async function modulesOf(args: readonly string[]): Promise<ReadonlySet<string>> {
    const env = { NODE_OPTIONS: `--require=${JSON.stringify(probe)}` }
    await succeeds(args, { env })
    const lines = readFileSync(loaded, 'utf8').split('\n')
    return new Set(lines.map((line) => line.replace('NativeModule ', '')))
  }

  const forPlugins = ['child_process', 'dgram']
  const forFiles = ['fs/promises', 'internal/fs/watchers', 'internal/readline/interface']
  const forWorkers = ['worker_threads', 'internal/crypto/webcrypto', 'internal/worker']
  const forRequests = ['tls', 'https', 'crypto', '_http_client']
  const elsewhere = [...forPlugins, ...forFiles, ...forWorkers, 'zlib', 'http2', 'dns/promises']

  test.each([
    ['a request with a token', ['request', '/version'], elsewhere],
    ['whoami', ['whoami'], elsewhere],
    ['credential', ['credential'], elsewhere],
    ['token create', ['token', 'create', 'deployer'], elsewhere],
    ['token credential', ['token', 'credential', 'deployer'], elsewhere],
    ['token inspect', ['token', 'inspect', token], [...forPlugins, ...forWorkers, 'zlib', 'http2']],
    ['a completion', ['__complete', 'fish', '=', '--context'], [...elsewhere, ...forRequests]],
  ])('%s', async (_command, args, unneeded) => {
    const modules = await modulesOf([...args, '--kubeconfig', cluster.withToken])
    // A name that Node no longer has would be missing always.
    expect(modules).toContain('net')
    expect(unneeded.filter((name) => modules.has(name))).toEqual([])
  })

  test('a request with a plugin loads what starts it, and nothing else', async () => {
    const modules = await modulesOf(['request', '/version', '--kubeconfig', cluster.withPlugin])
    expect(modules).toContain('child_process')
    expect([...forFiles, ...forWorkers].filter((name) => modules.has(name))).toEqual([])
  })
})

describe('compiled code', () => {
  const request = ['request', '/version', '--kubeconfig', cluster.withToken]

  test.each([
    ['request', request],
    ['whoami', ['whoami', ...request.slice(2)]],
    ['credential', ['credential', ...request.slice(2)]],
    ['token', ['token', '--help']],
    ['completion', ['completion', 'bash']],
    ['a completed word', ['__complete', 'fish', '=', '--context', ...request.slice(2)]],
    ['help', ['request', '--help']],
    ['flags before the command', [...request.slice(2), ...request.slice(0, 2)]],
  ])('is kept by the first run, and used by the second one: %s', async (name, args) => {
    const cache = cacheAt(`used-${name}`)
    await succeeds(args, cache)
    const kept = cache.files()
    expect(kept).not.toEqual([])
    await succeeds(args, cache)
    expect(cache.files()).toEqual(kept)
  })

  const flags = request.slice(2)
  test.skipIf(isWindows).each([
    ['', ['proxy', '--port=0', ...flags]],
    [', with flags before the command', [...flags, 'proxy', '--port=0']],
  ])(
    `of a proxy is not kept: V8 would refuse it for the flags that were set%s${isWindows ? ' (skipped: Windows has no signals)' : ''}`,
    async (name, args) => {
      const cache = cacheAt(`proxy${name}`)
      const kubecred = new KubecredProcess(args, cache)
      await expect.poll(() => kubecred.out, { timeout: 20_000 }).toContain('Starting to serve')
      kubecred.child.kill('SIGTERM')
      expect([await kubecred.ended(), cache.files()]).toEqual([0, []])
    },
  )

  test('that is a month older than what a run keeps is removed, and nothing else', async () => {
    const cache = cacheAt('old')
    await succeeds(['--version'], cache)
    const [first] = cache.files()
    const folder = dirname(first?.path ?? '')
    const [old, recent] = [
      join(folder, 'core-older.request.v1'),
      join(folder, 'core-other.request.v1'),
    ]
    const daysAgo = (days: number): number => Date.now() / 1000 - days * 86_400
    for (const [path, days] of [
      [old, 31],
      [recent, 29],
    ] as const) {
      writeFileSync(path, '')
      utimesSync(path, daysAgo(days), daysAgo(days))
    }
    await succeeds(request, cache)
    const paths = cache.files().map(({ path }) => path)
    expect([paths.includes(old), paths.includes(recent)]).toEqual([false, true])
    expect(paths).toContain(first?.path)
  })

  test('is kept for each command', async () => {
    const cache = cacheAt('commands')
    await succeeds(['--version'], cache)
    const first = cache.files()
    await succeeds(request, cache)
    const paths = cache.files().map(({ path }) => path)
    expect(paths.length).toBeGreaterThan(first.length)
    expect(paths).toEqual(expect.arrayContaining(first.map(({ path }) => path)))
  })

  test('is made anew where it has been damaged', async () => {
    const cache = cacheAt('damaged')
    await succeeds(request, cache)
    const kept = cache.files()
    for (const { path } of kept) truncateSync(path, 100)
    await succeeds(request, cache)
    expect(cache.files().map(({ path }) => path)).toEqual(kept.map(({ path }) => path))
    for (const { size } of cache.files()) expect(size).toBeGreaterThan(100)
  })

  test('has nothing in it of what the run was about', async () => {
    const cache = cacheAt('secrets')
    await succeeds(request, cache)
    const told = [plantedToken, cluster.server.url, cluster.folder]
    const found = cache.files().filter(({ path }) => {
      const content = readFileSync(path)
      return told.some((text) => content.includes(text))
    })
    expect([cache.files().length > 0, found]).toEqual([true, []])
  })

  test.skipIf(isWindows)(
    `is for its owner only${isWindows ? ' (not on Windows)' : ''}`,
    async () => {
      const cache = cacheAt('owner')
      await succeeds(request, cache)
      expect(new Set(cache.files().map(({ mode }) => mode & 0o777))).toEqual(new Set([0o600]))
    },
  )

  describe.skipIf(isWindows)(
    `in a folder${isWindows ? ' (skipped: Windows has no modes)' : ''}`,
    () => {
      const said = 'run as it was planted'
      const shut = (): void => undefined
      const open = (folder: string): void => chmodSync(folder, 0o770)
      const linked = (folder: string): void => {
        renameSync(folder, `${folder}-elsewhere`)
        symlinkSync(`${folder}-elsewhere`, folder)
      }
      const given = (folder: string): void => chownSync(folder, 65_533, 65_533)
      const parentGiven = (folder: string): void => given(dirname(folder))
      const notRoot = process.geteuid?.() !== 0
      const reason = notRoot ? ' (skipped: only root gives files away)' : ''

      /** Puts other code into a cache that a run has made, then has the folder as `make` makes it. */
      async function runPlanted(name: string, make: (folder: string) => void): Promise<string> {
        const cache = cacheAt(name)
        await succeeds(['--version'], cache)
        const [file] = cache.files().filter(({ path }) => path.includes('this-process-'))
        expect(file).toBeDefined()
        if (file === undefined) return ''
        await plant(file.path, `process.stdout.write('${said}')`)
        make(dirname(file.path))
        const before = cache.files()
        const kubecred = new KubecredProcess(['--version'], cache)
        await kubecred.ended()
        expect(cache.files()).toEqual(before)
        return kubecred.out
      }

      test('of its user is run, whatever it is', async () => {
        expect(await runPlanted('shut', shut)).toBe(said)
      })

      test.each([
        ['others write to', open],
        ['a link leads to', linked],
      ])('%s is neither run nor written', async (name, make) => {
        expect(await runPlanted(name, make)).toMatch(/^kubecred /u)
      })

      test.skipIf(notRoot).each([
        ['of another user', given],
        ['that another user could replace', parentGiven],
      ])(`%s is neither run nor written${reason}`, async (name, make) => {
        expect(await runPlanted(name, make)).toMatch(/^kubecred /u)
      })
    },
  )

  test('of a run that failed is not kept', async () => {
    const cache = cacheAt('failed')
    const kubecred = new KubecredProcess(['request', '/nowhere', ...request.slice(2)], cache)
    expect(await kubecred.ended()).toBe(1)
    expect(cache.files()).toEqual([])
  })

  test('is not kept by who says so, nor where it cannot be, and everything works', async () => {
    const cache = cacheAt('unwanted')
    await succeeds(request, { env: { ...cache.env, NODE_DISABLE_COMPILE_CACHE: '1' } })
    expect(cache.files()).toEqual([])
    const file = join(cluster.folder, 'no-folder')
    writeFileSync(file, '')
    await succeeds(request, { env: { ...cache.env, XDG_CACHE_HOME: file, LOCALAPPDATA: file } })
  })
})

async function succeeds(args: readonly string[], options: ProcessOptions): Promise<void> {
  const kubecred = new KubecredProcess(args, { program: builtProgram, ...options })
  expect([await kubecred.ended(), kubecred.err]).toEqual([0, ''])
}

/** Puts code in the place of a file's: V8 compares no more of its source than the length. */
async function plant(kept: string, code: string): Promise<void> {
  const [chunk] = basename(kept).split('.')
  const name = `${chunk}.cjs`
  const length = readFileSync(join(dirname(builtProgram), name), 'utf8').length
  const source = `(function (exports, require, module, __filename, __dirname) { ${code.padEnd(length)}\n})`
  // By the Node that the command line gets, with the flags that it gets.
  const program = `
    const { Script } = require('node:vm')
    const script = new Script(${JSON.stringify(source)})
    const write = process.stdout.write
    process.stdout.write = () => true
    script.runInThisContext()()
    process.stdout.write = write
    require('node:fs').writeFileSync(${JSON.stringify(kept)}, script.createCachedData())`
  const child = spawn(process.execPath, ['-'], { stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin.end(program)
  expect(await once(child, 'close')).toEqual([0, null])
}

interface Kept {
  readonly path: string
  readonly inode: number
  readonly mode: number
  readonly size: number
}

interface Cache extends ProcessOptions {
  files(): readonly Kept[]
}

/** A home with a cache of its own. */
function cacheAt(name: string): Cache {
  const home = join(cluster.folder, `cache-${name}`)
  return {
    program: builtProgram,
    env: {
      HOME: home,
      XDG_CACHE_HOME: home,
      LOCALAPPDATA: home,
      NODE_DISABLE_COMPILE_CACHE: undefined,
    },
    files: () => filesUnder(home),
  }
}

function filesUnder(folder: string): readonly Kept[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .toSorted()
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => {
        const { ino: inode, mode, size } = statSync(path)
        return { path, inode, mode, size }
      })
  } catch {
    return []
  }
}
