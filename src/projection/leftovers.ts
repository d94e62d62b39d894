import { join } from 'node:path'

import { readdir, rm } from '../host/file-changes.ts'
import { dataLink, isDraftLinkName, isFolderName } from './folder-name.ts'
import { linkTarget } from './link-target.ts'

/** What is to become of a folder that `..data` does not point to. */
export type Verdict = 'keep' | 'remove'

/**
 * Removes timestamped folders that `..data` does not point to, and links that never became `..data`.
 *
 * @param verdictOn Decides on a folder, and on the link that was to lead to it.
 * @returns The names of what was removed.
 */
export async function removeLeftovers(
  directory: string,
  verdictOn: (folder: string) => Verdict,
): Promise<readonly string[]> {
  const removed: string[] = []
  const current = await linkTarget(join(directory, dataLink))
  for (const name of await readdir(directory)) {
    const folder = await folderBehind(directory, name)
    if (folder === undefined || folder === current || verdictOn(folder) === 'keep') continue
    await rm(join(directory, name), { recursive: true, force: true })
    removed.push(name)
  }
  return removed
}

/** The folder that an entry is, or was to be made visible by; undefined for all else. */
async function folderBehind(directory: string, name: string): Promise<string | undefined> {
  if (isFolderName(name)) return name
  return isDraftLinkName(name) ? linkTarget(join(directory, name)) : undefined
}
