import { constants } from 'node:fs'

import { access, stat } from '../host/file-system.ts'
import { directoryError } from './directory-error.ts'

/**
 * Looks whether files can be written to a directory at all.
 *
 * @throws {@link KubecredError} `ERR_PROJECTION_DIRECTORY`.
 */
export async function checkDirectory(directory: string): Promise<void> {
  try {
    if (!(await stat(directory)).isDirectory()) throw noDirectory(directory)
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw directoryError(directory, error)
  }
}

function noDirectory(path: string): Error {
  return Object.assign(new Error('not a directory'), { code: 'ENOTDIR', syscall: 'stat', path })
}
