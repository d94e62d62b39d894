import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

// Where Debian keeps servers; not on the PATH of an ordinary user.
const serverFolders = ['/usr/sbin', '/usr/local/sbin']

/** Path of a program; undefined when it is not installed. */
export function findProgram(
  name: string,
  path: string = process.env['PATH'] ?? '',
): string | undefined {
  return [...path.split(delimiter), ...serverFolders]
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
