import { isatty } from 'node:tty'

import { expect, test } from 'vitest'

import { exitCodeOf } from '../../src/cli/terminal.ts'
import { thisTerminal } from '../../src/cli/this-process.ts'
import { thisHost } from '../../src/doors/index.ts'

test('the terminal is this process', () => {
  const terminal = thisTerminal()
  expect(terminal.host).toEqual(thisHost())
  expect(terminal.stdout).toBe(process.stdout)
  expect(terminal.stderr).toBe(process.stderr)
  expect(terminal.stdin).toBe(process.stdin)
  expect(Math.abs(terminal.clock.now() - Date.now())).toBeLessThan(10_000)
})

test('there are no colours where nobody looks', () => {
  expect(thisTerminal().colour).toBe(isatty(2) && !process.env['NO_COLOR'])
})

test('stop signals are heard, until nobody wants to hear them', () => {
  const heard: string[] = []
  const before = process.listenerCount('SIGHUP')
  const stop = thisTerminal().onSignal((name) => heard.push(name))
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.emit(name, name)
  expect(heard).toEqual(['SIGINT', 'SIGTERM', 'SIGHUP'])
  stop()
  expect(process.listenerCount('SIGHUP')).toBe(before)
})

test('the exit code of a signal is that of shells', () => {
  expect(['SIGHUP', 'SIGINT', 'SIGTERM'].map((name) => exitCodeOf(name as 'SIGINT'))).toEqual([
    129, 130, 143,
  ])
})
