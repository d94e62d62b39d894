import { lstatSync, readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Removes the files of a folder that were written long before the newest one.
 *
 * Not all that one program has no use for: another version of it may run on this machine as well, and
 * each would remove what the other has just kept.
 *
 * @param ageMs How long before, milliseconds.
 */
export function removeOldFiles(folder: string, ageMs: number): void {
  const files = readdirSync(folder).flatMap((name) => writtenAt(join(folder, name)))
  const newest = Math.max(...files.map(({ at }) => at))
  for (const { path, at } of files) if (newest - at > ageMs) removeIfThere(path)
}

interface Written {
  readonly path: string
  readonly at: number
}

function writtenAt(path: string): readonly Written[] {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isFile() === true ? [{ path, at: stats.mtimeMs }] : []
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Another process was faster, or has it open.
  }
}
