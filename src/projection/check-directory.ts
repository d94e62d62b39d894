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
    // The slash follows a link, and lets a file be none.
    await stat(`${directory}/`)
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw directoryError(directory, error)
  }
}
