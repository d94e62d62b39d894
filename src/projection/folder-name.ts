import type { ProcessView } from '../host/process-view.ts'

/** Name of the link that readers go through. */
export const dataLink = '..data'

const draftBegins = '..data_tmp'
const namePattern = /^\.\.(\d{4})_(\d\d)_(\d\d)_(\d\d)_(\d\d)_(\d\d)\.(\d+)$/u
const suffixPattern = /^(\d+)(\d{3})\d\d$/u

// A process id may belong to another process by now, which would keep a leftover for as long as it lives.
const longestWriteMs = 600_000

/**
 * Name of a folder for files, as the kubelet's: `..2006_01_02_15_04_05.` and digits.
 *
 * The digits hold the process, so that another one knows whether somebody still writes there, and the
 * milliseconds.
 *
 * @param madeAt Milliseconds since the epoch.
 * @param serial 0 to 99, to tell folders of one moment apart.
 */
export function folderName(madeAt: number, pid: number, serial: number): string {
  const [day = '', time = ''] = new Date(madeAt).toISOString().split('T')
  const seconds = `${day}_${time.slice(0, 8)}`.replaceAll(/[-:]/gu, '_')
  return `..${seconds}.${pid}${time.slice(9, 12)}${String(serial).padStart(2, '0')}`
}

/** Whether a name is one of a folder for files, whoever made it. */
export function isFolderName(name: string): boolean {
  return namePattern.test(name)
}

/** Name of the link that will take the place of `..data`, one for each folder. */
export function draftLinkName(folder: string): string {
  return `${draftBegins}${folder.slice(folder.lastIndexOf('.'))}`
}

/** Whether a name is one of a link that was to take the place of `..data`; the kubelet's has no end. */
export function isDraftLinkName(name: string): boolean {
  return name === draftBegins || name.startsWith(`${draftBegins}.`)
}

/**
 * Whether nobody writes to a folder any more: its process is gone, had this one's id before it, or has
 * had ten minutes.
 *
 * @param now Milliseconds since the epoch.
 */
export function isAbandoned(folder: string, now: number, self: ProcessView): boolean {
  const made = makingOf(folder)
  if (made === undefined || now - made.at > longestWriteMs) return true
  return made.pid === self.pid ? made.at < now - self.ageMs() : !self.isAlive(made.pid)
}

function makingOf(folder: string): { readonly at: number; readonly pid: number } | undefined {
  const [, year, month, day, hour, minute, second, suffix = ''] = namePattern.exec(folder) ?? []
  const [, pid, ms] = suffixPattern.exec(suffix) ?? []
  if (pid === undefined || Number(pid) === 0) return undefined
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
  return Number.isNaN(at) ? undefined : { at, pid: Number(pid) }
}
