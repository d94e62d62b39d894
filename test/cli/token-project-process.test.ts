import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

import { startApiServer, writeKubeconfig, type FakeApiServer } from '../../src/doors/testing.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { KubecredProcess, plainEnvironment } from './kubecred-process.ts'
import { emptyFolder, furnish, newToken, readToken } from './project-stage.ts'

const isWindows = process.platform === 'win32'
const folder = temporaryFolder()
const kubeconfig = join(folder, 'config')
let server: FakeApiServer

beforeAll(async () => {
  // Tokens that are due after 0.8 s.
  server = await startApiServer({ tokens: { admin: { user: 'admin' } }, maxTokenSeconds: 1 })
  furnish(server)
  await writeKubeconfig(kubeconfig, server.kubeconfig({ user: { token: 'admin' } }))
})
afterAll(async () => {
  await server.close()
})

const running: KubecredProcess[] = []

afterEach(async () => {
  for (const each of running) each.child.kill('SIGKILL')
  await Promise.all(running.splice(0).map((each) => each.ended()))
})

function start(directory: string, ...args: readonly string[]): KubecredProcess {
  const flags = ['--kubeconfig', kubeconfig, '-n', 'ci', `--dir=${directory}`]
  const line = ['token', 'project', '--service-account=deployer', ...flags, ...args]
  const started = new KubecredProcess(line)
  running.push(started)
  return started
}

interface Seen {
  readonly reads: number
  readonly tokens: number
  readonly faults: readonly string[]
}

/** A process that reads in a tight loop; the answer tells what it has seen. */
async function startReader(directory: string): Promise<() => Promise<Seen>> {
  const program = fileURLToPath(new URL('./token-reading-process.ts', import.meta.url))
  const child = spawn(process.execPath, [program, directory], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: plainEnvironment(),
  })
  const told = text(child.stdout)
  await once(child.stderr, 'data')
  return async () => {
    child.stdin.end()
    // token-reading-process.ts prints that.
    return JSON.parse(await told) as Seen
  }
}

// Symbolic links, signals and modes are those of POSIX.
describe.runIf(!isWindows)('token project as a process', () => {
  test('shows a reader whole files only, while tokens rotate and it is killed', async () => {
    const directory = emptyFolder(folder)
    const first = start(directory)
    await newToken(directory)
    const stopReading = await startReader(directory)
    for (let rotation = 0; rotation < 4; rotation++) await newToken(directory, readToken(directory))
    first.child.kill('SIGKILL')
    expect(await first.ended()).toBe('SIGKILL')
    const left = readToken(directory)
    const second = start(directory)
    await newToken(directory, left)
    const third = await newToken(directory, readToken(directory))
    second.child.kill('SIGTERM')
    expect(await second.ended()).toBe(0)
    const { reads, tokens, faults } = await stopReading()
    expect(faults).toEqual([])
    expect(reads).toBeGreaterThan(tokens)
    expect(tokens).toBeGreaterThan(5)
    // Readers keep the last one, and what those before had left behind is gone.
    expect(readToken(directory)).toBeDefined()
    expect(third).not.toBe(left)
    expect(readdirSync(directory).filter((name) => name.startsWith('..2'))).toHaveLength(1)
  })

  test('ends at SIGINT as at SIGTERM, also before there is a token', async () => {
    const directory = emptyFolder(folder)
    const stop = server.intercept(({ path }) => path.endsWith('/token'))
    const kept = start(directory)
    await until(() => kept.out !== '')
    kept.child.kill('SIGINT')
    expect(await kept.ended()).toBe(0)
    stop()
    expect([kept.err, readdirSync(directory)]).toEqual(['', []])
  })

  test('runs a command after each change, with its arguments as they are', async () => {
    const directory = emptyFolder(folder)
    const script = join(folder, 'reload.sh')
    writeFileSync(script, '#!/bin/sh\necho "got:$#:$2:$(wc -w < "$1")"\n')
    chmodSync(script, 0o755)
    const kept = start(directory, '--', script, join(directory, 'token'), 'a "b" $(c)')
    await until(() => kept.out.split('got:2:a "b" $(c):').length > 2)
    kept.child.kill('SIGTERM')
    expect(await kept.ended()).toBe(0)
    // However often the server says it.
    expect(kept.err).toBe('Warning: requested expiration of 3600 seconds shortened to 1 seconds\n')
  })

  test('goes on when the command fails, or is none', async () => {
    const directory = emptyFolder(folder)
    const kept = start(directory, '--', 'sh', '-c', 'exit 3')
    await until(() => kept.err.split('after the change: sh ended with code 3\n').length > 2)
    const none = start(emptyFolder(folder), '--', '/none/reload')
    await until(() => none.err.includes('after the change: /none/reload: '))
    expect(none.err).toMatch(/no such file or directory|ENOENT/u)
  })

  test('stops a command that runs when it is asked to stop', async () => {
    const directory = emptyFolder(folder)
    const kept = start(directory, '--', 'sh', '-c', 'echo begun; exec sleep 600')
    await until(() => kept.out.includes('begun'))
    kept.child.kill('SIGTERM')
    expect(await kept.ended()).toBe(0)
  })

  test('sends a signal to the process in a file, and goes on without one', async () => {
    const directory = emptyFolder(folder)
    const pidFile = join(folder, 'reader.pid')
    writeFileSync(pidFile, 'none\n')
    const kept = start(directory, `--pid-file=${pidFile}`, '--signal=usr1')
    await until(() =>
      kept.err.includes(`after the change: ${pidFile} holds no number of a process\n`),
    )
    const listener = spawn(
      process.execPath,
      [
        '-e',
        "process.on('SIGUSR1', () => process.exit(7)); console.log('on'); setInterval(() => {}, 1e6)",
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(listener.stdout, 'data')
    writeFileSync(pidFile, `${listener.pid}\n`)
    await once(listener, 'exit')
    expect(listener.exitCode).toBe(7)
    await until(() =>
      kept.err.includes(`SIGUSR1 to process ${listener.pid}: there is no such process`),
    )
  })
})
