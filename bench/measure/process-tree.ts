import { readFileSync } from 'node:fs'

import { readProcessTable, withDescendants } from '../../src/exec/process-table.ts'

/** What some processes have used so far, all together. */
export interface Usage {
  /** Time of all processors, in user and system mode. */
  readonly cpuMs: number
  /** What they hold in memory. */
  readonly residentMiB: number
  /** The sum of the most that each of them has held. */
  readonly peakMiB: number
}

/**
 * What a process and all that it has started use; undefined where the system does not tell (it is not
 * Linux), and when the process has ended.
 *
 * @param except Text in the command line of those that do not count: a plugin.
 */
export function readTreeUsage(pid: number, except?: string): Usage | undefined {
  if (process.platform !== 'linux') return undefined
  const tree = withDescendants(
    readProcessTable(process.platform, () => ''),
    new Set([pid]),
  )
  const usages = tree.flatMap(
    (row) => readUsage(row.pid, row.pid === pid ? undefined : except) ?? [],
  )
  if (usages.length === 0) return undefined
  return usages.reduce((sum, one) => ({
    cpuMs: sum.cpuMs + one.cpuMs,
    residentMiB: sum.residentMiB + one.residentMiB,
    peakMiB: sum.peakMiB + one.peakMiB,
  }))
}

function readUsage(pid: number, except: string | undefined): Usage | undefined {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    if (except !== undefined && command.includes(except)) return undefined
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return {
      cpuMs: cpuMsOf(stat),
      residentMiB: miBOf(status, 'VmRSS'),
      peakMiB: miBOf(status, 'VmHWM'),
    }
  } catch {
    // It has ended meanwhile.
    return undefined
  }
}

// The name of the program, in parentheses, may hold spaces: fields are counted from its end. Linux
// counts in hundredths of a second towards programs, whatever its own clock is.
function cpuMsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

// A process that has ended and is still to be collected holds nothing.
function miBOf(status: string, field: string): number {
  return Number(new RegExp(String.raw`^${field}:\s*(\d+) kB$`, 'mu').exec(status)?.[1] ?? 0) / 1024
}
