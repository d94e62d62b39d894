import { readFileSync } from 'node:fs'

/** What a process has used so far. */
export interface ProcessUsage {
  /** Time of all processors, in user and system mode. */
  readonly cpuMs: number
  /** Most memory that it held at once. */
  readonly peakMiB: number
}

/** What a process has used; undefined where the system does not tell (it is not Linux). */
export function readUsage(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return { cpuMs: cpuMsOf(stat), peakMiB: peakMiBOf(status) }
  } catch {
    return undefined
  }
}

// The name of the program, in parentheses, may hold spaces: fields are counted from its end. Linux
// counts in hundredths of a second towards programs, whatever its own clock is.
function cpuMsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function peakMiBOf(status: string): number {
  return Number(/^VmHWM:\s*(\d+) kB$/mu.exec(status)?.[1]) / 1024
}
