import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { GuardedProcess } from './guarded-process.ts'

const folder = temporaryFolder()

function stateFolder(name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a guarded program runs until it is stopped, and its state stays', async () => {
  const state = stateFolder('stopped')
  const guarded = new GuardedProcess('sleep', ['1000'], state)
  guarded.assertRunning()
  await guarded.stop()
  expect(isRunning(guarded.pid)).toBe(false)
  expect(() => guarded.assertRunning()).toThrow('sleep has ended (SIGTERM)')
  expect(existsSync(state)).toBe(true)
})

test('a guarded program that ends by itself is reported with what it said', async () => {
  const guarded = new GuardedProcess(
    'sh',
    ['-c', 'echo no disk >&2; exit 3'],
    stateFolder('failed'),
  )
  await until(() => !isRunning(guarded.pid))
  await until(() => whyEnded(guarded).includes('no disk'))
  expect(whyEnded(guarded)).toBe('sh has ended (exit code 3):\nno disk\n')
})

test('a guarded program ends with the process that started it, even by SIGKILL', async () => {
  const state = stateFolder('orphan')
  const module = new URL('guarded-process.ts', import.meta.url).href
  const program = `
    const { GuardedProcess } = await import(${JSON.stringify(module)})
    const guarded = new GuardedProcess('sleep', ['1000'], ${JSON.stringify(state)})
    process.stdout.write(String(guarded.pid))
    setInterval(() => {}, 1000)`
  const args = ['--input-type=module', '-e', program]
  const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  // The pipe carries text.
  const [pid] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string]
  expect(isRunning(Number(pid))).toBe(true)
  parent.kill('SIGKILL')
  await until(() => !existsSync(state))
  expect(isRunning(Number(pid))).toBe(false)
})

function whyEnded(guarded: GuardedProcess): string {
  try {
    guarded.assertRunning()
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}
