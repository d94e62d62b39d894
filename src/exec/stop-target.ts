import type { ProcessRow } from './process-table.ts'
import { withDescendants } from './process-table.ts'

/** A plugin with everything that it started, as something that can be stopped. */
export interface StopTarget {
  signal(name: StopSignal): void
  /** Whether anything of it lives. */
  isAlive(): boolean
}

/** First the polite one, then the other. */
export type StopSignal = 'SIGTERM' | 'SIGKILL'

/** Sends a signal; false when there is no such process. A negative number means a group. */
export type SendSignal = (pid: number, signal: StopSignal | 0) => boolean

/** What {@link groupTarget} and {@link treeTarget} need. */
export interface StopTargetOptions {
  readonly pid: number
  /** Whether the plugin itself has ended, so that its number may belong to another by now. */
  readonly hasExited: () => boolean
  /** All processes that live; nothing where they cannot be listed. */
  readonly table: () => readonly ProcessRow[]
  readonly send: SendSignal
}

/** A plugin that leads a process group of its own. */
export function groupTarget({ pid, table, send }: StopTargetOptions): StopTarget {
  return {
    signal: (name) => void send(-pid, name),
    isAlive() {
      if (!send(-pid, 0)) return false
      // A group is there as long as its zombies are; in a container nobody may ever bury them.
      const rows = table()
      return rows.length === 0 || rows.some(({ group }) => group === pid)
    },
  }
}

/**
 * A plugin that shares our process group, to keep the terminal: its descendants are looked up,
 * and remembered, since a process whose parent has gone can no longer be found.
 */
export function treeTarget({ pid, hasExited, table, send }: StopTargetOptions): StopTarget {
  const known = new Map<number, ProcessRow>()
  let last: StopSignal | undefined
  const living = (): ProcessRow[] => {
    const rows = [...table()]
    const same = rows.filter((row) => known.get(row.pid)?.started === row.started)
    const roots = new Set(same.map((row) => row.pid))
    if (!hasExited()) {
      roots.add(pid)
      // Where processes cannot be listed, the plugin itself is known all the same.
      if (rows.length === 0) rows.push({ pid, parent: 0, group: 0, started: '' })
    }
    return withDescendants(rows, roots)
  }
  const tell = (rows: readonly ProcessRow[], name: StopSignal): void => {
    for (const row of rows) {
      known.set(row.pid, row)
      send(row.pid, name)
    }
  }
  return {
    signal(name) {
      last = name
      tell(living(), name)
    },
    isAlive() {
      const rows = living()
      // Started since the signal was sent: it gets the same.
      const fresh = rows.filter((row) => known.get(row.pid)?.started !== row.started)
      if (last !== undefined) tell(fresh, last)
      return rows.length > 0
    },
  }
}

/** A plugin on Windows, where one tool stops a whole tree, at once and not politely. */
export function windowsTarget(hasExited: () => boolean, taskkill: () => void): StopTarget {
  return {
    signal() {
      if (!hasExited()) taskkill()
    },
    isAlive: () => !hasExited(),
  }
}
