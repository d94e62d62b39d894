import { constants } from 'node:fs'

import { systemCodeOf } from '../errors/kubecred-error.ts'
import { access, stat } from '../host/file-system.ts'
import { directoryError } from './directory-error.ts'
import { linkTarget } from './link-target.ts'

/**
 * Looks whether files can be written to a directory at all.
 *
 * @throws {@link KubecredError} `ERR_PROJECTION_DIRECTORY`.
 */
export async function checkDirectory(directory: string): Promise<void> {
  if (!(await isDirectory(directory))) {
    const error = Object.assign(new Error('not a directory'), { code: 'ENOTDIR', syscall: 'stat' })
    throw directoryError(directory, error, 'name a directory, not a file')
  }
  try {
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw directoryError(directory, error)
  }
}

async function isDirectory(directory: string): Promise<boolean> {
  try {
    return (await stat(directory)).isDirectory()
  } catch (error) {
    throw directoryError(directory, error, await hintFor(directory, error))
  }
}

/** What the way to a directory tells beside that there is no way. */
async function hintFor(directory: string, error: unknown): Promise<string | undefined> {
  switch (systemCodeOf(error)) {
    case 'EACCES':
      return 'the user of this process must be let through every folder on the way to it'
    case 'ENOTDIR':
      return 'something on the way to it is a file: check the path'
    case 'ENOENT':
      return (await linkTarget(directory)) === undefined
        ? undefined
        : 'it is a link to what is not there: create that, or point the link elsewhere'
    default:
      return undefined
  }
}
