import { systemCodeOf } from '../errors/kubecred-error.ts'
import { readlink } from '../host/file-changes.ts'

/** Where a link points to, as it is written; undefined where there is none. */
export async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path)
  } catch (error) {
    if (['ENOENT', 'EINVAL'].includes(systemCodeOf(error) ?? '')) return undefined
    throw error
  }
}
