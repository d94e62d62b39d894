import { closeSync, constants, openSync } from 'node:fs'

/** Whether this process has a terminal that a plugin could prompt on, whatever its streams are. */
export function hasControllingTerminal(): boolean {
  try {
    // Opening it is the test: without a terminal the system says ENXIO.
    closeSync(openSync('/dev/tty', constants.O_RDWR | constants.O_NOCTTY))
    return true
  } catch {
    return false
  }
}
