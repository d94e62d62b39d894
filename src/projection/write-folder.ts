import { join } from 'node:path'

import { chmod, fchmod, fchown, fsync, mkdir, writeFile } from '../host/file-changes.ts'
import { close, open } from '../host/file-system.ts'
import type { Payload, ProjectedFile } from './payload.ts'
import { foldersOf } from './payload-path.ts'

// Readers pass through folders; what they may read, the files say.
const folderMode = 0o755

/**
 * Writes all files into a folder that is empty and nobody else's, and opens it to readers.
 *
 * @param durable Whether to wait until all of it is on the disk.
 */
export async function writeFolder(
  folder: string,
  payload: Payload,
  durable: boolean,
): Promise<void> {
  const folders = [...new Set([...payload.keys()].flatMap(foldersOf))]
  for (const each of folders) await mkdir(join(folder, each), { mode: 0o700 })
  for (const [path, file] of payload) await writeNewFile(join(folder, path), file, durable)
  // Innermost first: none is open before what is in it is.
  for (const each of ['', ...folders].toReversed()) {
    await chmod(join(folder, each), folderMode)
    if (durable) await flushFolder(join(folder, each))
  }
}

/** Waits until the names in a folder are on the disk. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await fsync(folder)
  } finally {
    await close(folder)
  }
}

async function writeNewFile(path: string, file: ProjectedFile, durable: boolean): Promise<void> {
  const { data, mode, uid, gid } = file
  const descriptor = await open(path, 'wx', 0o600)
  try {
    await writeFile(descriptor, data)
    // -1 leaves what is there.
    if (uid !== undefined || gid !== undefined) await fchown(descriptor, uid ?? -1, gid ?? -1)
    await fchmod(descriptor, mode)
    if (durable) await fsync(descriptor)
  } finally {
    await close(descriptor)
  }
}
