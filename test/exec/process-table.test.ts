import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'

import { describe, expect, test } from 'vitest'

import {
  parsePs,
  parseStat,
  psArguments,
  readProcessTable,
  withDescendants,
  type ProcessRow,
} from '../../src/exec/process-table.ts'
import { isWindows } from './scratch.ts'

describe('parsePs', () => {
  test('reads what ps prints, without zombies and headings', () => {
    const text = [
      '    1     0     1 Ss   Sat Nov 22 21:20:00 2025',
      '  812     1   812 S+   Sat Nov 22 21:33:10 2025    ',
      '  813   812   812 Z+   Sat Nov 22 21:33:11 2025',
      '  PID  PPID  PGID STAT STARTED',
      '',
    ].join('\n')
    expect(parsePs(text)).toEqual([
      { pid: 1, parent: 0, group: 1, started: 'Sat Nov 22 21:20:00 2025' },
      { pid: 812, parent: 1, group: 812, started: 'Sat Nov 22 21:33:10 2025' },
    ])
  })
})

describe('parseStat', () => {
  const after = `40 1 0 -1 4194304 ${'0 '.repeat(12)}777 0 0`

  test('is not misled by the name of a process', () => {
    expect(parseStat(`42 (a) b (c) S 7 ${after}`)).toEqual({
      pid: 42,
      parent: 7,
      group: 40,
      started: '777',
    })
  })

  test.each([`42 (gone) Z 7 ${after}`, `42 (gone) X 7 ${after}`, ''])('passes over %j', (text) => {
    expect(parseStat(text)).toBeUndefined()
  })
})

describe('withDescendants', () => {
  const row = (pid: number, parent: number): ProcessRow => ({ pid, parent, group: 1, started: '' })
  const table = [row(1, 0), row(5, 4), row(2, 1), row(4, 2), row(3, 1), row(9, 9)]

  test('finds everything below the roots, each once', () => {
    const found = withDescendants(table, new Set([2, 5]))
    expect(found).toHaveLength(3)
    expect(new Set(found.map(({ pid }) => pid))).toEqual(new Set([2, 4, 5]))
  })

  test('ends where a table goes round in a circle', () => {
    expect(withDescendants(table, new Set([9]))).toEqual([row(9, 9)])
  })
})

describe.skipIf(isWindows)('readProcessTable', () => {
  const ps = (): string => execFileSync('ps', psArguments, { encoding: 'utf8' })

  test.each([process.platform, 'darwin'] as const)('finds a child as on %s', async (platform) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'])
    await once(child, 'spawn')
    const find = (): ProcessRow | undefined =>
      readProcessTable(platform, ps).find(({ pid }) => pid === child.pid)
    expect(find()).toMatchObject({ parent: process.pid })
    expect(find()?.started).toBe(find()?.started)
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
    expect(find()).toBeUndefined()
  })
})
