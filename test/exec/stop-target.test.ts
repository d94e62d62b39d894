import { describe, expect, test } from 'vitest'

import type { ProcessRow } from '../../src/exec/process-table.ts'
import {
  groupTarget,
  treeTarget,
  windowsTarget,
  type SendSignal,
  type StopTarget,
} from '../../src/exec/stop-target.ts'

function recorder(): { sent: string[]; send: SendSignal } {
  const sent: string[] = []
  return {
    sent,
    send: (pid, signal) => {
      sent.push(`${pid} ${signal}`)
      return true
    },
  }
}

function row(pid: number, parent: number, started = '1', group = 1): ProcessRow {
  return { pid, parent, group, started }
}

interface FakeSystem {
  table: ProcessRow[]
  hasExited: boolean
}

function treeOf(system: FakeSystem, send: SendSignal): StopTarget {
  return treeTarget({
    pid: 10,
    hasExited: () => system.hasExited,
    table: () => system.table,
    send,
  })
}

describe('groupTarget', () => {
  const hasExited = (): boolean => true

  test('signals the group as a whole', () => {
    const { sent, send } = recorder()
    groupTarget({ pid: 10, hasExited, table: () => [], send }).signal('SIGTERM')
    expect(sent).toEqual(['-10 SIGTERM'])
  })

  test('has ended when there is no such group', () => {
    const table = (): ProcessRow[] => [row(11, 1, '1', 10)]
    expect(groupTarget({ pid: 10, hasExited, table, send: () => false }).isAlive()).toBe(false)
  })

  test.each([
    ['lives as long as a member does', [row(1, 0), row(11, 1, '1', 10)], true],
    ['has ended when only zombies keep the group', [row(1, 0)], false],
    ['is taken for living where processes cannot be listed', [], true],
  ])('%s', (_, rows, isAlive) => {
    const target = groupTarget({ pid: 10, hasExited, table: () => rows, send: () => true })
    expect(target.isAlive()).toBe(isAlive)
  })
})

describe('treeTarget', () => {
  test('signals the plugin and all below it, and nobody else', () => {
    const { sent, send } = recorder()
    const table = [row(1, 0), row(10, 1), row(11, 10), row(12, 11), row(20, 1)]
    treeOf({ table, hasExited: false }, send).signal('SIGTERM')
    expect(sent).toEqual(['10 SIGTERM', '11 SIGTERM', '12 SIGTERM'])
  })

  test('remembers a process whose parent has gone', () => {
    const { sent, send } = recorder()
    const system = { table: [row(10, 1), row(11, 10)], hasExited: false }
    const target = treeOf(system, send)
    target.signal('SIGTERM')
    system.table = [row(11, 1)]
    system.hasExited = true
    expect(target.isAlive()).toBe(true)
    target.signal('SIGKILL')
    expect(sent).toEqual(['10 SIGTERM', '11 SIGTERM', '11 SIGKILL'])
    system.table = []
    expect(target.isAlive()).toBe(false)
  })

  test('leaves alone another process that has got the number of one', () => {
    const { sent, send } = recorder()
    const system = { table: [row(10, 1), row(11, 10)], hasExited: false }
    const target = treeOf(system, send)
    target.signal('SIGTERM')
    system.table = [row(10, 1, '2'), row(11, 1, '2')]
    system.hasExited = true
    expect(target.isAlive()).toBe(false)
    target.signal('SIGKILL')
    expect(sent).toEqual(['10 SIGTERM', '11 SIGTERM'])
  })

  test('gives a process that came later the signal that it missed', () => {
    const { sent, send } = recorder()
    const system = { table: [row(10, 1)], hasExited: false }
    const target = treeOf(system, send)
    expect(target.isAlive()).toBe(true)
    expect(sent).toEqual([])
    target.signal('SIGTERM')
    system.table.push(row(13, 10))
    expect(target.isAlive()).toBe(true)
    expect(target.isAlive()).toBe(true)
    expect(sent).toEqual(['10 SIGTERM', '13 SIGTERM'])
  })
})

describe('treeTarget, where processes cannot be listed', () => {
  test('signals the plugin itself', () => {
    const { sent, send } = recorder()
    const system = { table: [], hasExited: false }
    const target = treeOf(system, send)
    target.signal('SIGTERM')
    expect([target.isAlive(), sent]).toEqual([true, ['10 SIGTERM']])
    system.hasExited = true
    expect(target.isAlive()).toBe(false)
  })
})

describe('windowsTarget', () => {
  test('calls the tool as long as the plugin runs', () => {
    const plugin = { hasExited: false }
    let calls = 0
    const target = windowsTarget(
      () => plugin.hasExited,
      () => (calls += 1),
    )
    target.signal('SIGTERM')
    expect([target.isAlive(), calls]).toEqual([true, 1])
    plugin.hasExited = true
    target.signal('SIGKILL')
    expect([target.isAlive(), calls]).toEqual([false, 1])
  })
})
