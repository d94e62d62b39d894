import { readFileSync } from 'node:fs'

/**
 * A meter of the processor time that the machine's host took away since now, per cent; undefined
 * where the system does not tell (it is not Linux).
 */
export function startStealMeter(): () => number | undefined {
  const before = readCpuTimes()
  return () => {
    const after = readCpuTimes()
    if (before === undefined || after === undefined) return undefined
    return (100 * (after.steal - before.steal)) / Math.max(after.all - before.all, 1)
  }
}

function readCpuTimes(): { readonly all: number; readonly steal: number } | undefined {
  try {
    const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
    const times = first.trim().split(/\s+/u).slice(1).map(Number)
    return { all: times.slice(0, 8).reduce((sum, time) => sum + time, 0), steal: times[7] ?? 0 }
  } catch {
    return undefined
  }
}
