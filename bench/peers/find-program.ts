import { delimiter } from 'node:path'

import { findOnPath } from '../../scripts/executable.ts'

// Where Debian keeps servers; not on the PATH of an ordinary user.
const serverFolders = ['/usr/sbin', '/usr/local/sbin']

/** Path of a program; undefined when it is not installed. */
export function findProgram(
  name: string,
  path: string = process.env['PATH'] ?? '',
): string | undefined {
  return findOnPath(name, [path, ...serverFolders].join(delimiter))
}
