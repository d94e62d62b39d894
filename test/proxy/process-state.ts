import { readdir, readFile, readlink } from 'node:fs/promises'

import { readProcessTable } from '../../src/exec/process-table.ts'

/** What Linux tells of a process from outside. */
export interface ProcessState {
  /** Open file descriptors: how many of each kind, and of each file. */
  readonly descriptors: Readonly<Record<string, number>>
  readonly threads: number
  /** Processes that it has started and that still live. */
  readonly children: number
}

/** Looks at a process. */
export async function processState(pid: number): Promise<ProcessState> {
  const processes = readProcessTable('linux', () => '')
  return {
    descriptors: await descriptorsOf(pid),
    threads: (await readdir(`/proc/${pid}/task`)).length,
    children: processes.filter(({ parent }) => parent === pid).length,
  }
}

/** Memory of a process that is in RAM, bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s*(\d+) kB$/mu.exec(status)?.[1]) * 1024
}

async function descriptorsOf(pid: number): Promise<Record<string, number>> {
  const folder = `/proc/${pid}/fd`
  const counts: Record<string, number> = {}
  for (const descriptor of await readdir(folder)) {
    // One that was closed meanwhile is not open.
    const target = await readlink(`${folder}/${descriptor}`).catch(() => undefined)
    if (target === undefined) continue
    const kind = target.replace(/:\[\d+\]$/u, '')
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}
