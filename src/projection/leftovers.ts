import { join } from 'node:path'

import { readdir, rm } from '../host/file-changes.ts'
import type { ProcessView } from '../host/process-view.ts'
import { dataLink, isAbandoned, isDraftLinkName, isFolderName } from './folder-name.ts'
import { linkTarget } from './link-target.ts'

/** Whose view of the processes counts, and when. */
export interface LeftoverView {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly self: ProcessView
}

/**
 * Removes each timestamped folder that `..data` does not point to, and each link that never became
 * `..data`, unless another process may still be busy with it.
 *
 * @param mine Folders that need no look at who made them.
 * @returns The names of those that were not in `mine`.
 */
export async function removeLeftovers(
  directory: string,
  mine: ReadonlySet<string>,
  { now, self }: LeftoverView,
): Promise<readonly string[]> {
  const removed: string[] = []
  const current = await linkTarget(join(directory, dataLink))
  for (const name of await readdir(directory)) {
    const folder = await folderBehind(directory, name)
    if (folder === undefined || folder === current) continue
    if (!mine.has(folder) && !isAbandoned(folder, now, self)) continue
    await rm(join(directory, name), { recursive: true, force: true })
    if (!mine.has(folder)) removed.push(name)
  }
  return removed
}

/** The folder that an entry is, or was to be made visible by; undefined for all else. */
async function folderBehind(directory: string, name: string): Promise<string | undefined> {
  if (isFolderName(name)) return name
  return isDraftLinkName(name) ? linkTarget(join(directory, name)) : undefined
}
