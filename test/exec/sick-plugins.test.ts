import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { afterEach, describe, expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import type { ExecConfig } from '../../src/api/exec-config.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import { subscribe } from '../../src/events/channels.ts'
import { execProvider } from '../../src/exec/provider.ts'
import { difference } from '../differences.ts'
import { isRunning, pidIn, until } from './processes.ts'
import { isWindows, scratchFolder } from './scratch.ts'

const scratch = scratchFolder()
const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

const reply = JSON.stringify({
  kind: 'ExecCredential',
  apiVersion: 'client.authentication.k8s.io/v1',
  status: { token: `${plantedSecret}-token` },
})

function configOf(command: string, args: readonly string[] = []): ExecConfig {
  return {
    command,
    args,
    env: [],
    apiVersion: 'client.authentication.k8s.io/v1',
    installHint: '',
    provideClusterInfo: false,
    interactiveMode: 'Never',
  }
}

function sourceOf(command: string, args: readonly string[] = []): Renewer {
  return new Renewer(execProvider(configOf(command, args), { stderr: 'ignore' }))
}

/** Counts the plugins that run, by what the library tells of them. */
function countRuns(): { readonly most: () => number; readonly running: () => number } {
  let running = 0
  let most = 0
  ends.push(
    subscribe('kubecred:exec:start', () => {
      running++
      most = Math.max(most, running)
    }),
    subscribe('kubecred:exec:end', ({ started }) => {
      if (started) running--
    }),
  )
  return { most: () => most, running: () => running }
}

describe.skipIf(isWindows)('hundreds of plugins at once', () => {
  test('all give their credential, and no more than 64 of them run at a time', async () => {
    difference('plugins-in-turn')
    const runs = countRuns()
    const path = scratch.sh('one-of-many', `sleep 0.2; printf '%s' '${reply}'`)
    const sources = Array.from({ length: 300 }, (_, number) => sourceOf(path, [String(number)]))
    const credentials = await Promise.all(sources.map((source) => source.get()))
    expect(credentials).toHaveLength(300)
    expect(runs.most()).toBeGreaterThan(16)
    expect(runs.most()).toBeLessThanOrEqual(64)
    await Promise.all(sources.map((source) => source.close()))
    expect(runs.running()).toBe(0)
  })

  test('that hang are all gone when their sources are closed, and those that wait never begin', async () => {
    const folder = scratch.path
    const path = scratch.sh('hangs-with-many', `echo $$ > ${folder}/many-$1.pid; exec sleep 100`)
    const sources = Array.from({ length: 100 }, (_, number) => sourceOf(path, [String(number)]))
    const outcomes = sources.map((source) =>
      source.get().then(
        () => 'a credential',
        (error: unknown) => error,
      ),
    )
    const files = (): string[] =>
      readdirSync(folder).filter((name) => /^many-\d+\.pid$/u.test(name))
    await until('as many run as may', () => files().length === 64)
    await Promise.all(sources.map((source) => source.close()))
    for (const outcome of await Promise.all(outcomes)) {
      expect(outcome).toMatchObject({ code: 'ERR_CLOSED' })
    }
    expect(files()).toHaveLength(64)
    const pids = files().map((name) => Number(readFileSync(join(folder, name), 'utf8')))
    expect(pids.filter(isRunning)).toEqual([])
  })
})

describe.skipIf(isWindows)('a plugin that does not heed SIGTERM', () => {
  test('has gone before the next run begins', async () => {
    const file = join(scratch.path, 'locked.pid')
    const overlap = join(scratch.path, 'overlap')
    const path = scratch.sh(
      'locked',
      `if [ -e ${file} ]; then
        kill -0 $(cat ${file}) && echo > ${overlap}
        printf '%s' '${reply}'
        exit
      fi
      trap "" TERM
      echo $$ > ${file}
      while :; do sleep 0.05; done`,
    )
    const provider = execProvider(configOf(path), { stderr: 'ignore' })
    const controller = new AbortController()
    const request = { reason: 'first', ahead: false } as const
    const first = provider.provide({ ...request, signal: controller.signal }).catch(() => undefined)
    const pid = await pidIn(file)
    controller.abort()
    const second = provider.provide({ ...request, signal: new AbortController().signal })
    expect((await second).token?.reveal()).toBe(`${plantedSecret}-token`)
    expect([existsSync(overlap), isRunning(pid)]).toEqual([false, false])
    await first
  })

  test('keeps nobody who gives up while it goes', async () => {
    const file = join(scratch.path, 'slow-to-go.pid')
    const path = scratch.sh(
      'slow-to-go',
      `trap "" TERM; echo $$ > ${file}; while :; do sleep 0.05; done`,
    )
    const provider = execProvider(configOf(path), { stderr: 'ignore' })
    const [one, two] = [new AbortController(), new AbortController()]
    const request = { reason: 'first', ahead: false } as const
    const first = provider.provide({ ...request, signal: one.signal }).catch(() => undefined)
    const pid = await pidIn(file)
    one.abort()
    const second = provider.provide({ ...request, signal: two.signal })
    two.abort()
    await expect(second).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    expect(isRunning(pid)).toBe(true)
    await first
  })
})

describe.skipIf(isWindows)('a plugin that prints 200 MB', () => {
  test('costs this process no more than a few times the limit of its output', async () => {
    const program = fileURLToPath(new URL('peak-memory.ts', import.meta.url))
    const path = scratch.sh('floods', 'head -c 200000000 /dev/zero')
    const parent = spawn(process.execPath, [program, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [printed] = await Promise.all([text(parent.stdout), once(parent, 'close')])
    const { code, grownBytes } = JSON.parse(printed)
    expect(code).toBe('ERR_EXEC_OUTPUT_LIMIT')
    // The limit is 1 MiB. What the engine takes for running anything at all is part of this.
    expect(grownBytes).toBeLessThan(64 * 2 ** 20)
  })
})
