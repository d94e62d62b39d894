import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'

import { afterEach, describe, expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { systemClock } from '../../src/credential/clock.ts'
import { Transcript } from '../../src/exec/transcript.ts'
import { runPlugin, type PluginOutcome, type PluginRun } from '../../src/exec/run-plugin.ts'
import type { ParentTask } from './parent-program.ts'
import { isRunning, pidIn, until } from './processes.ts'
import { isWindows, scratchFolder } from './scratch.ts'

const scratch = scratchFolder()
const { signal: never } = new AbortController()
const strays = new Set<number>()

afterEach(() => {
  for (const pid of strays) if (isRunning(pid)) process.kill(pid, 'SIGKILL')
  strays.clear()
})

async function run(
  path: string,
  rest: Partial<PluginRun> = {},
): Promise<PluginOutcome & { readonly stderrTail: string }> {
  const transcript = new Transcript(rest.maxOutputBytes ?? 1_048_576)
  const outcome = await runPlugin({
    command: path,
    path,
    args: [],
    env: { PATH: '/usr/bin:/bin' },
    stdin: 'null',
    stderr: () => undefined,
    ownGroup: true,
    maxOutputBytes: 1_048_576,
    transcript,
    signal: never,
    host: { platform: process.platform, env: {} },
    clock: systemClock,
    onStart: () => undefined,
    ...rest,
  })
  return { ...outcome, stderrTail: transcript.stderr.text() }
}

async function stdoutOf(path: string, rest: Partial<PluginRun> = {}): Promise<string> {
  return Buffer.from((await run(path, rest)).stdout).toString()
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'no failure',
    (error: unknown) => error,
  )
}

describe.skipIf(isWindows)('runPlugin', () => {
  test('gives what the plugin printed, byte for byte, and how it ended', async () => {
    const started: number[] = []
    const path = scratch.sh('prints', 'printf "a\\377b"; echo warning >&2; exit 3')
    const outcome = await run(path, { onStart: (pid) => started.push(pid) })
    expect([...outcome.stdout]).toEqual([0x61, 0xff, 0x62])
    expect(outcome).toMatchObject({ exitCode: 3, signalName: undefined, stderrTail: 'warning\n' })
    expect(started).toEqual([expect.any(Number)])
  })

  test('tells the signal that ended it', async () => {
    const outcome = await run(scratch.sh('dies', 'kill -SEGV $$'))
    expect(outcome).toMatchObject({ exitCode: -1, signalName: 'SIGSEGV' })
  })

  test('passes arguments on as they are, without a shell', async () => {
    const path = scratch.node('args', 'process.stdout.write(JSON.stringify(process.argv.slice(2)))')
    const args = ['', 'a b', '$(id)', '*', '"', "'", '\\', '; exit 9', 'é\n']
    expect(JSON.parse(await stdoutOf(path, { args }))).toEqual(args)
  })

  test('lets the plugin see its name as it is written', async () => {
    const rest = { command: 'kube-login', args: ['-c', 'tr "\\0" " " </proc/$$/cmdline'] }
    const sh = execFileSync('/bin/sh', ['-c', 'command -v dash || command -v bash'])
    const printed = process.platform === 'linux' ? await stdoutOf(sh.toString().trim(), rest) : ''
    expect(printed).toMatch(process.platform === 'linux' ? /^kube-login -c / : /^$/)
  })

  test('gives the plugin its environment and nothing else', async () => {
    const path = scratch.node('env', 'process.stdout.write(JSON.stringify(process.env))')
    const seen: unknown = JSON.parse(await stdoutOf(path, { env: { A: '1', B: 'é\n' } }))
    expect(seen).toMatchObject({ A: '1', B: 'é\n' })
    expect(seen).not.toHaveProperty('HOME')
  })

  test('connects standard input to the null device', async () => {
    const path = scratch.node(
      'stdin',
      'const s = require("fs").fstatSync(0); process.stdout.write(String(s.rdev))',
    )
    const nullDevice = scratch.sh('null', `${path} </dev/null`)
    expect(await stdoutOf(path)).toBe(await stdoutOf(nullDevice))
  })

  test('hands standard input down to a plugin that prompts', async () => {
    // A process of its own, whose standard input is not the null device.
    const path = scratch.sh('reads', 'read line; printf "%s" "$line"')
    const parent = startParent(path, { stdin: 'inherit', ownGroup: false })
    parent.stdin.end('typed\n')
    expect(await text(parent.stdout)).toBe('typed')
  })

  test('works in the current directory of this process', async () => {
    expect(await stdoutOf(scratch.sh('where', 'printf "%s" "$(pwd -P)"'))).toBe(process.cwd())
  })

  test('gives the sink what comes on standard error, as it comes', async () => {
    const chunks: string[] = []
    const path = scratch.sh('talks', 'echo one >&2; echo two >&2')
    await run(path, { stderr: (chunk) => chunks.push(Buffer.from(chunk).toString()) })
    expect(chunks.join('')).toBe('one\ntwo\n')
  })

  test('forwards to the standard error of this process', async () => {
    const parent = startParent(scratch.sh('warns', 'echo careful >&2; printf done'), {})
    const [printed, warned] = await Promise.all([text(parent.stdout), text(parent.stderr)])
    expect([printed, warned]).toEqual(['done', expect.stringContaining('careful\n')])
  })

  test('outlives the reader of its standard error', async () => {
    const wait = join(scratch.path, 'closed')
    const path = scratch.sh(
      'warns-nobody',
      `while [ ! -e ${wait} ]; do sleep 0.01; done
      echo one >&2; sleep 0.1; echo two >&2; sleep 0.1; printf done`,
    )
    const parent = startParent(path, {})
    parent.stderr.destroy()
    scratch.file('closed', '')
    expect(await text(parent.stdout)).toBe('done')
  })

  test('leaves standard error alone when it is inherited', async () => {
    expect(await run(scratch.sh('quiet', 'exit 0'), { stderr: 'inherit' })).toMatchObject({
      stderrTail: '',
    })
  })

  test('stops the plugin when the sink fails, and fails with its error', async () => {
    const file = join(scratch.path, 'sink.pid')
    const path = scratch.sh('talks-on', `echo $$ > ${file}; echo one >&2; exec sleep 100`)
    const error = new Error('sink is full')
    const stderr = (): never => {
      throw error
    }
    expect(await failureOf(run(path, { stderr }))).toBe(error)
    expect(isRunning(await pidIn(file))).toBe(false)
  })
})

describe.skipIf(isWindows)('runPlugin, when the plugin cannot be started', () => {
  test.each([
    ['a folder', scratch.path, 'permission denied'],
    ['a file that may not be executed', scratch.file('plain', '#!/bin/sh\n'), 'permission denied'],
    ['an empty file', scratch.file('empty', '', 0o755), 'exec format error'],
    ['an empty file that is none', scratch.file('empty2', ''), 'permission denied'],
    ['text without "#!"', scratch.file('text', 'echo hi\n', 0o755), 'exec format error'],
    ['a file that is gone', join(scratch.path, 'gone'), 'no such file or directory'],
    [
      'a script without interpreter',
      scratch.file('lost', '#!/no/interpreter\n', 0o755),
      'no such file or directory',
    ],
    ['a file as a folder', join(scratch.file('x', ''), 'y'), 'not a directory'],
  ])('says what is wrong with %s', async (_, path, words) => {
    const error = await failureOf(run(path))
    expect(error).toMatchObject({
      code: 'ERR_EXEC_START',
      message: `exec: fork/exec ${path}: ${words}`,
    })
  })

  test('names the interpreter that is missing', async () => {
    const error = await failureOf(run(scratch.file('lost2', '#!/no/interp -x\n', 0o755)))
    expect(error).toHaveProperty('hint', expect.stringContaining('/no/interp,'))
    const odd = await failureOf(run(scratch.file('lost3', '#!/no/\u001B[31m\n', 0o755)))
    expect(odd).toHaveProperty('hint', 'the program named in its "#!" line is not there')
  })

  test.each([
    ['arguments that are too long', { args: ['x'.repeat(5_000_000)] }, 'argument list too long'],
    ['a NUL byte in an argument', { args: [`${plantedSecret}\0`] }, 'invalid argument'],
    ['a NUL byte in a variable', { env: { A: `${plantedSecret}\0` } }, 'invalid argument'],
  ])('says what is wrong with %s, and shows nothing of it', async (_, rest, words) => {
    const path = scratch.sh('fine', '')
    const error = await failureOf(run(path, rest))
    expect(error).toMatchObject({
      code: 'ERR_EXEC_START',
      message: `exec: fork/exec ${path}: ${words}`,
      hint: expect.stringMatching(/./u),
    })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(plantedSecret)
  })

  test('does not start when it was given up before', async () => {
    const reason = new Error('too late')
    const started: number[] = []
    const work = run(scratch.sh('unwanted', ''), {
      signal: AbortSignal.abort(reason),
      onStart: (pid) => started.push(pid),
    })
    expect(await failureOf(work)).toBe(reason)
    expect(started).toEqual([])
  })
})

// In a group of its own, and in ours with the walk over the descendants.
for (const ownGroup of [true, false]) {
  describe.skipIf(isWindows)(`runPlugin, stopping ${ownGroup ? 'a group' : 'a tree'}`, () => {
    const name = ownGroup ? 'group' : 'tree'

    test('stops a plugin that hangs, with all that it started', async () => {
      const files = ['root', 'child', 'grandchild'].map((each) =>
        join(scratch.path, `${name}-${each}.pid`),
      )
      const [root = '', child = '', grandchild = ''] = files
      const path = scratch.sh(
        `hangs-${name}`,
        `echo $$ > ${root}
        sh -c 'echo $$ > ${child}; sleep 100 & echo $! > ${grandchild}; wait' &
        wait`,
      )
      const controller = new AbortController()
      const work = run(path, { ownGroup, signal: controller.signal })
      const pids = await Promise.all(files.map(pidIn))
      const reason = new Error('deadline')
      const startedAt = performance.now()
      controller.abort(reason)
      expect(await failureOf(work)).toBe(reason)
      expect(performance.now() - startedAt).toBeLessThan(3000)
      expect(pids.map(isRunning)).toEqual([false, false, false])
    })

    test('stops a plugin that does not heed SIGTERM', async () => {
      const files = ['stubborn', 'orphan'].map((each) => join(scratch.path, `${name}-${each}.pid`))
      const [stubborn = '', orphan = ''] = files
      // The plugin itself goes at once; what it started stays until SIGKILL.
      const path = scratch.sh(
        `stubborn-${name}`,
        `sh -c 'trap "" TERM; echo $$ > ${orphan}; while :; do sleep 0.05; done' &
        while [ ! -s ${orphan} ]; do sleep 0.01; done
        echo $$ > ${stubborn}
        wait`,
      )
      const controller = new AbortController()
      const work = run(path, { ownGroup, signal: controller.signal })
      const pids = await Promise.all(files.map(pidIn))
      controller.abort()
      const startedAt = performance.now()
      expect(await failureOf(work)).toBe(controller.signal.reason)
      expect(performance.now() - startedAt).toBeGreaterThan(900)
      expect(performance.now() - startedAt).toBeLessThan(6000)
      expect(pids.map(isRunning)).toEqual([false, false])
    })

    test('stops a plugin that prints without end, in bounded memory', async () => {
      const file = join(scratch.path, `${name}-flood.pid`)
      const path = scratch.sh(
        `flood-${name}`,
        `echo $$ > ${file}; trap "" TERM; head -c 200000000 /dev/zero; sleep 100`,
      )
      const before = process.memoryUsage().rss
      expect(await failureOf(run(path, { ownGroup }))).toMatchObject({
        code: 'ERR_EXEC_OUTPUT_LIMIT',
        message: `exec: executable ${path} printed more than 1048576 bytes and was stopped`,
      })
      expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
      expect(isRunning(await pidIn(file))).toBe(false)
    })

    test('leaves alone what a plugin left behind on purpose', async () => {
      const file = join(scratch.path, `${name}-daemon.pid`)
      const path = scratch.sh(`daemon-${name}`, `sleep 100 & echo $! > ${file}; printf done`)
      const startedAt = performance.now()
      const outcome = await run(path, { ownGroup })
      expect(Buffer.from(outcome.stdout).toString()).toBe('done')
      expect(performance.now() - startedAt).toBeLessThan(5000)
      const pid = await pidIn(file)
      strays.add(pid)
      expect(isRunning(pid)).toBe(true)
    })

    test('stops the plugin when this process exits', async () => {
      const file = join(scratch.path, `${name}-exit.pid`)
      const path = scratch.sh(
        `exit-${name}`,
        `trap "" TERM; echo $$ > ${file}; while :; do sleep 0.05; done`,
      )
      const parent = startParent(path, { ownGroup, exitOnInput: true })
      const pid = await pidIn(file)
      parent.stdin.write('go\n')
      await once(parent, 'exit')
      await until('the plugin has gone', () => !isRunning(pid))
      expect(parent.exitCode).toBe(7)
    })
  })
}

describe.skipIf(isWindows)('runPlugin, and its limits', () => {
  test('takes exactly as many bytes as the limit', async () => {
    const path = scratch.sh('exact', 'printf 12345')
    expect(await stdoutOf(path, { maxOutputBytes: 5 })).toBe('12345')
    expect(await failureOf(run(path, { maxOutputBytes: 4 }))).toHaveProperty(
      'code',
      'ERR_EXEC_OUTPUT_LIMIT',
    )
  })

  test('keeps the last whole lines of standard error', async () => {
    const { stderrTail } = await run(scratch.sh('wordy', 'seq 1 5000 >&2; exit 1'))
    expect(stderrTail).toMatch(/^\d+\n[\s\S]*\n5000\n$/u)
    expect(stderrTail.length).toBeLessThanOrEqual(4096)
  })

  test('does not keep this process alive', async () => {
    const file = join(scratch.path, 'unref.pid')
    const path = scratch.sh('long', `echo $$ > ${file}; exec sleep 100`)
    const parent = startParent(path, { hold: false })
    // With nothing else to do Node ends: 13 is its code for an await that never came to an end.
    await once(parent, 'exit')
    expect(parent.exitCode).toBe(13)
    const pid = await pidIn(file).catch(() => 0)
    await until('the plugin has gone', () => pid === 0 || !isRunning(pid))
  })

  test('reads on what a process prints that was left behind, so that it is not broken off', async () => {
    const log = join(scratch.path, 'survivor.log')
    const path = scratch.sh(
      'survivor',
      `(sleep 1.5; echo later; echo later >&2; echo survived > ${log}) & printf done`,
    )
    const chunks: string[] = []
    const outcome = await run(path, { stderr: (chunk) => chunks.push(String(chunk)) })
    expect(Buffer.from(outcome.stdout).toString()).toBe('done')
    await until('it has written its log', () => {
      try {
        return readFileSync(log, 'utf8') === 'survived\n'
      } catch {
        return false
      }
    })
    expect(Buffer.from(outcome.stdout).toString()).toBe('done')
    await until('its words have come', () => chunks.length > 0)
  })

  test('leaves no listener on the process behind', async () => {
    const before = process.listenerCount('exit')
    const path = scratch.sh('brief', 'sleep 0.1')
    const work = Promise.all([run(path), run(path)])
    await until('both run', () => process.listenerCount('exit') === before + 1)
    await work
    expect(process.listenerCount('exit')).toBe(before)
  })
})

/** Starts a process that runs a plugin with our runner. */
function startParent(path: string, rest: Partial<ParentTask>): ChildProcessWithoutNullStreams {
  const task: ParentTask = {
    path,
    stdin: 'null',
    ownGroup: true,
    hold: true,
    exitOnInput: false,
    ...rest,
  }
  const program = fileURLToPath(new URL('parent-program.ts', import.meta.url))
  return spawn(process.execPath, [program, JSON.stringify(task)])
}
