import type { Dirent } from 'node:fs'
import { join, relative, sep } from 'node:path'

import { systemCodeOf } from '../errors/kubecred-error.ts'
import { lstat, readdir } from '../host/file-changes.ts'
import { readBounded } from '../host/read-bounded.ts'
import type { Payload, ProjectedFile } from './payload.ts'
import { foldersOf } from './payload-path.ts'

/**
 * Whether a folder holds just these files, with these modes and owners, and nothing else.
 *
 * What cannot be read is not the same: writing it anew mends that.
 */
export async function holdsPayload(folder: string, payload: Payload): Promise<boolean> {
  try {
    const folders = new Set([...payload.keys()].flatMap(foldersOf))
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    if (entries.length !== payload.size + folders.size) return false
    const isExpected = (entry: Dirent): boolean => {
      const path = relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/')
      return entry.isDirectory() ? folders.has(path) : entry.isFile() && payload.has(path)
    }
    if (!entries.every(isExpected)) return false
    for (const [path, file] of payload) {
      if (!(await isSame(join(folder, path), file))) return false
    }
    return true
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')) return false
    throw error
  }
}

async function isSame(path: string, { data, mode, uid, gid }: ProjectedFile): Promise<boolean> {
  const stats = await lstat(path)
  if ((stats.mode & 0o7777) !== mode || stats.size !== data.length) return false
  if (uid !== undefined && uid !== stats.uid) return false
  if (gid !== undefined && gid !== stats.gid) return false
  const held = await readBounded(path, data.length)
  return held !== undefined && Buffer.compare(held, data) === 0
}
