import { systemCodeOf } from '../errors/kubecred-error.ts'

/** What one process can tell of itself and of others. */
export interface ProcessView {
  /** Its own id. */
  readonly pid: number
  /** Milliseconds since it began. */
  ageMs(): number
  /** Whether there is a process with that id, as far as can be seen from here. */
  isAlive(pid: number): boolean
}

/** This process. */
export const thisProcess: ProcessView = {
  pid: process.pid,
  ageMs: () => process.uptime() * 1000,
  isAlive(pid) {
    try {
      return process.kill(pid, 0)
    } catch (error) {
      // It is there, and another user's.
      return systemCodeOf(error) === 'EPERM'
    }
  },
}
