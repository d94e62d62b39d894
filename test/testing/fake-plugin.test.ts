import { spawn, spawnSync, type SpawnSyncOptionsWithStringEncoding } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { isAbsolute, join, relative } from 'node:path'

import { describe, expect, test } from 'vitest'

import { commandScript, createFakePlugin, type FakePlugin } from '../../src/testing/fake-plugin.ts'
import type { PluginRun } from '../../src/testing/plugin-runs.ts'
import { installed } from './installed.ts'
import { runCommand, type Outcome } from './run-command.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

const folder = temporaryFolder()
const python = installed('python3', '--version')
let made = 0

async function newPlugin(options: Partial<Parameters<typeof createFakePlugin>[0]> = {}) {
  made += 1
  return createFakePlugin({ directory: join(folder, `plugin ${made}`), ...options })
}

function run(
  { command }: FakePlugin,
  args: readonly string[] = [],
  options: Partial<SpawnSyncOptionsWithStringEncoding> = {},
): Outcome {
  return spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  })
}

async function lastRun(plugin: FakePlugin): Promise<PluginRun> {
  const last = (await plugin.runs()).at(-1)
  if (last === undefined) throw new Error('the plugin has not been run')
  return last
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('createFakePlugin', () => {
  test('prints nothing and succeeds until it is told otherwise', async () => {
    const plugin = await newPlugin()
    expect(run(plugin)).toMatchObject({ stdout: '', stderr: '', status: 0, signal: null })
  })

  test('notes how it was run', async () => {
    const plugin = await newPlugin({ name: 'aws', recordEnv: ['SEEN', 'UNSET'] })
    const cwd = temporarySubfolder()
    const before = Date.now()
    run(plugin, ['get-token', '', 'two words', '--x="y"'], {
      cwd,
      env: { KUBERNETES_EXEC_INFO: '{"kind":"ExecCredential"}\n', SEEN: 'yes', OTHER: 'no' },
    })
    const noted = await lastRun(plugin)
    expect(noted).toMatchObject({
      argv: ['get-token', '', 'two words', '--x="y"'],
      cwd,
      execInfo: '{"kind":"ExecCredential"}\n',
      env: { SEEN: 'yes' },
      ppid: process.pid,
      stdin: 'null',
      grandchildPid: undefined,
      answer: undefined,
      received: [],
    })
    expect(noted.env).not.toHaveProperty('OTHER')
    expect(noted.time).toBeGreaterThanOrEqual(before)
    expect(isAlive(noted.pid)).toBe(false)
    expect([plugin.name, plugin.command]).toEqual(['aws', expect.stringMatching(/aws(\.cmd)?$/u)])
  })

  test('keeps the process id that it was started with', async () => {
    const plugin = await newPlugin()
    const child = spawn(plugin.command, { stdio: 'ignore' })
    await once(child, 'close')
    expect((await lastRun(plugin)).pid).toBe(child.pid)
  })

  test('prints an ExecCredential in the version that the caller asked for', async () => {
    const plugin = await newPlugin({ behaviour: { credential: { status: { token: 't' } } } })
    const apiVersion = 'client.authentication.k8s.io/v1beta1'
    const env = { ...process.env, KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion }) }
    const kind = 'ExecCredential'
    expect(JSON.parse(run(plugin, [], { env }).stdout)).toEqual({
      kind,
      apiVersion,
      status: { token: 't' },
    })
    expect(JSON.parse(run(plugin).stdout)).toMatchObject({
      apiVersion: 'client.authentication.k8s.io/v1',
    })
    const odd = { ...process.env, KUBERNETES_EXEC_INFO: '{}' }
    expect(JSON.parse(run(plugin, [], { env: odd }).stdout)).toMatchObject({ kind })
  })

  test('prints a kind and version of its own when told to', async () => {
    const credential = { kind: 'Other', apiVersion: 'v7' }
    const plugin = await newPlugin({ behaviour: { credential } })
    expect(JSON.parse(run(plugin).stdout)).toEqual(credential)
  })

  test('prints raw bytes as they are, and ends as told', async () => {
    const stdout = Uint8Array.of(0xff, 0x00, 0x7b)
    const plugin = await newPlugin({ behaviour: { stdout, stderr: 'no é\n', exitCode: 3 } })
    const { stdout: printed, stderr, status } = spawnSync(plugin.command)
    expect([printed, stderr.toString('utf8'), status]).toEqual([Buffer.from(stdout), 'no é\n', 3])
  })

  test('prints its text again and again up to a size', async () => {
    const plugin = await newPlugin({ behaviour: { stdout: 'abc', stdoutBytes: 5_000_000 } })
    const { stdout } = run(plugin)
    expect(stdout.length).toBe(5_000_000)
    expect(stdout.slice(0, 7)).toBe('abcabca')
  })

  test('ends quietly when nobody reads what it prints', async () => {
    const plugin = await newPlugin({ behaviour: { stdout: 'x', stdoutBytes: 2 ** 30 } })
    const child = spawn(plugin.command, { stdio: ['ignore', 'pipe', 'pipe'] })
    const stderr: unknown[] = []
    child.stderr.on('data', (chunk) => stderr.push(chunk))
    await once(child.stdout, 'data')
    child.stdout.destroy()
    const [status]: unknown[] = await once(child, 'close')
    expect([status, stderr]).toEqual([0, []])
  })

  test('dies by a signal when told to', async () => {
    const plugin = await newPlugin({ behaviour: { stdout: 'x', signal: 'SIGKILL' } })
    expect(run(plugin)).toMatchObject({ stdout: 'x', signal: 'SIGKILL', status: null })
  })

  test('takes one behaviour a run, and keeps to the last', async () => {
    const plugin = await newPlugin()
    await plugin.behave([{ stdout: 'a' }, { stdout: 'b' }])
    expect([run(plugin), run(plugin), run(plugin)].map(({ stdout }) => stdout)).toEqual([
      'a',
      'b',
      'b',
    ])
    await plugin.behave([{ stdout: 'c' }, {}])
    expect([run(plugin), run(plugin)].map(({ stdout }) => stdout)).toEqual(['c', ''])
    await plugin.behave([])
    expect(run(plugin)).toMatchObject({ stdout: '', status: 0 })
  })

  test('gives each of many runs at the same time a behaviour of its own', async () => {
    const plugin = await newPlugin()
    const texts = Array.from({ length: 8 }, (_, at) => String(at))
    await plugin.behave(texts.map((stdout) => ({ stdout })))
    const printed = await Promise.all(
      texts.map(async () => {
        const child = spawn(plugin.command, { stdio: ['ignore', 'pipe', 'inherit'] })
        const [chunk]: unknown[] = await once(child.stdout.setEncoding('utf8'), 'data')
        return String(chunk)
      }),
    )
    expect(printed.toSorted()).toEqual(texts)
    expect(await plugin.runs()).toHaveLength(8)
  })

  test('forgets runs on request, and everything when it is made anew', async () => {
    const plugin = await newPlugin({ behaviour: [{ stdout: 'a' }, { stdout: 'b' }] })
    expect(await plugin.runs()).toEqual([])
    run(plugin)
    expect(await plugin.runs()).toHaveLength(1)
    await plugin.clearRuns()
    expect(await plugin.runs()).toEqual([])
    expect(run(plugin).stdout).toBe('b')
    const directory = join(folder, `plugin ${made}`)
    const anew = await createFakePlugin({ directory, behaviour: { stdout: 'c' } })
    expect(await anew.runs()).toEqual([])
    expect(run(anew).stdout).toBe('c')
  })

  test('waits before it prints', async () => {
    const plugin = await newPlugin({ behaviour: { stdout: 'late', delayMs: 150 } })
    const start = performance.now()
    expect(run(plugin).stdout).toBe('late')
    expect(performance.now() - start).toBeGreaterThanOrEqual(150)
  })

  test('lives on after its output', async () => {
    const plugin = await newPlugin({ behaviour: { stdout: 'soon', lingerMs: 60_000 } })
    const child = spawn(plugin.command, { stdio: ['ignore', 'pipe', 'ignore'] })
    expect(String((await once(child.stdout, 'data'))[0])).toBe('soon')
    expect(child.exitCode).toBeNull()
    child.kill('SIGKILL')
    await once(child, 'close')
  })

  test('hangs, and outlives SIGTERM, when told to', async () => {
    const plugin = await newPlugin({ behaviour: { hang: true, ignoreSigterm: true } })
    const child = spawn(plugin.command, { stdio: 'ignore' })
    await until(async () => (await plugin.runs()).length === 1)
    child.kill('SIGTERM')
    await until(async () => (await lastRun(plugin)).received.length === 1)
    expect((await lastRun(plugin)).received).toEqual(['SIGTERM'])
    expect(isAlive(child.pid ?? 0)).toBe(true)
    child.kill('SIGKILL')
    expect(await once(child, 'close')).toEqual([null, 'SIGKILL'])
  })

  test('dies of SIGTERM otherwise', async () => {
    const plugin = await newPlugin({ behaviour: { hang: true } })
    const child = spawn(plugin.command, { stdio: 'ignore' })
    await until(async () => (await plugin.runs()).length === 1)
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([null, 'SIGTERM'])
  })

  test('leaves a grandchild behind that holds the pipe', async () => {
    const plugin = await newPlugin({ behaviour: { stdout: 'x', grandchildMs: 60_000 } })
    const child = spawn(plugin.command, { stdio: ['ignore', 'pipe', 'ignore'] })
    let ended = false
    child.stdout.resume().once('end', () => (ended = true))
    await once(child, 'exit')
    const { grandchildPid = 0 } = await lastRun(plugin)
    expect(isAlive(grandchildPid)).toBe(true)
    expect(ended).toBe(false)
    process.kill(grandchildPid, 'SIGKILL')
    await once(child, 'close')
    expect(ended).toBe(true)
  })

  test('tells what its standard input is', async () => {
    const plugin = await newPlugin()
    const file = join(folder, 'input')
    writeFileSync(file, '')
    const descriptor = openSync(file, 'r')
    run(plugin, [], { stdio: [descriptor, 'pipe', 'pipe'] })
    closeSync(descriptor)
    expect((await lastRun(plugin)).stdin).toBe('file')
    run(plugin, [], { stdio: 'pipe', input: '' })
    expect((await lastRun(plugin)).stdin).toBe('pipe')
    run(plugin, [], { stdio: ['ignore', 'pipe', 'pipe'] })
    expect((await lastRun(plugin)).stdin).toBe('null')
  })

  test.skipIf(!python)(
    `knows a terminal${python ? '' : ' (skipped: it takes python3 to make one)'}`,
    async () => {
      const plugin = await newPlugin()
      const script = 'import pty, sys; pty.spawn(sys.argv[1:])'
      spawnSync('python3', ['-c', script, plugin.command], { stdio: 'ignore' })
      expect((await lastRun(plugin)).stdin).toBe('tty')
    },
  )

  test('asks at its prompt and notes the answer', async () => {
    const plugin = await newPlugin({ behaviour: { prompt: 'code: ', stdout: 'x' } })
    const { stdout, stderr } = run(plugin, [], { stdio: 'pipe', input: '1234\nmore\n' })
    expect([stdout, stderr]).toEqual(['x', 'code: '])
    expect((await lastRun(plugin)).answer).toBe('1234')
    run(plugin)
    expect((await lastRun(plugin)).answer).toBeUndefined()
  })

  test('gets its credential from an endpoint, or says why not', async () => {
    const asked: (string | undefined)[] = []
    const server = createServer((request, response) => {
      asked.push(request.url)
      response.statusCode = request.url === '/gone' ? 404 : 200
      response.end(JSON.stringify({ token: 'from afar' }))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const base = `http://127.0.0.1:${port}`
    const plugin = await newPlugin()
    const issueFrom = {
      url: `${base}/issue`,
      kind: 'both',
      lifetimeMs: 5,
      user: 'bob',
      groups: ['a', 'b'],
    } as const
    await plugin.behave([
      { issueFrom },
      { issueFrom: { url: `${base}/gone` } },
      { issueFrom: { url: 'http://127.0.0.1:1/' } },
    ])
    const outcomes: Outcome[] = []
    for (let times = 0; times < 3; times++) outcomes.push(await runCommand(plugin.command))
    server.close()
    expect(JSON.parse(outcomes[0]?.stdout ?? '')).toMatchObject({ status: { token: 'from afar' } })
    expect(asked).toEqual(['/issue?kind=both&lifetimeMs=5&user=bob&group=a&group=b', '/gone'])
    expect(outcomes[1]).toMatchObject({ status: 70, stderr: 'fake plugin: no credential: 404\n' })
    expect(outcomes[2]).toMatchObject({ status: 70, stdout: '' })
  })

  test('has an absolute path, also in a folder that is named from here', async () => {
    const directory = relative(process.cwd(), join(folder, 'from here'))
    const plugin = await createFakePlugin({ directory, behaviour: { stdout: 'x' } })
    expect(isAbsolute(plugin.command)).toBe(true)
    expect(run(plugin, [], { cwd: tmpdir() }).stdout).toBe('x')
  })

  test('describes itself as the user of a kubeconfig', async () => {
    const plugin = await newPlugin()
    expect(plugin.user()).toEqual({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: plugin.command,
        interactiveMode: 'Never',
      },
    })
    expect(plugin.user({ args: ['a'], interactiveMode: 'Always' })).toMatchObject({
      exec: { args: ['a'], interactiveMode: 'Always', command: plugin.command },
    })
  })

  test('keeps what it was told where only its owner reads', async () => {
    const plugin = await newPlugin({ behaviour: { stdout: 'secret' } })
    run(plugin)
    const state = `${join(folder, `plugin ${made}`, plugin.name)}.state`
    for (const file of ['behaviour.json', 'runs.jsonl']) {
      expect([file, statSync(join(state, file)).mode & 0o077]).toEqual([file, 0])
    }
  })

  test.each(['', 'a/b', '..', '.'])('refuses a name that is no file name: "%s"', async (name) => {
    await expect(createFakePlugin({ directory: folder, name })).rejects.toThrow('"name"')
  })
})

describe('commandScript', () => {
  test('quotes for a POSIX shell', () => {
    expect(commandScript('linux', "/it's here/node", '/p q')).toEqual({
      script: `#!/bin/sh\nexec '/it'\\''s here/node' '/p q' "$@"\n`,
      suffix: '',
    })
  })

  test('writes a batch file for Windows', () => {
    expect(commandScript('win32', 'C:\\Program Files\\node.exe', 'D:\\100%\\p.cjs')).toEqual({
      script: '@"C:\\Program Files\\node.exe" "D:\\100%%\\p.cjs" %*\r\n',
      suffix: '.cmd',
    })
  })
})

function temporarySubfolder(): string {
  return join(folder, `plugin ${made}`)
}
