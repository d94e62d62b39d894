import type { Fault } from '../fault.ts'
import { clockFaults } from './clock-faults.ts'
import { connectionFaults } from './connection-faults.ts'
import { fileFaults } from './file-faults.ts'
import { pluginFaults } from './plugin-faults.ts'
import { processFaults } from './process-faults.ts'
import { serverFaults } from './server-faults.ts'

/** Every kind of fault. */
export const allFaults: readonly Fault[] = [
  ...pluginFaults,
  ...serverFaults,
  ...connectionFaults,
  ...fileFaults,
  ...clockFaults,
  ...processFaults,
]
