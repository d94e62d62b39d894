import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'

import { typeByName } from './static-content-type.ts'
import { sniffContentType, sniffedBytes } from './static-sniff.ts'

/** What is found under a path on the disk. */
export type StaticEntry =
  | {
      readonly kind: 'file'
      readonly path: string
      readonly size: number
      readonly modified: Date
      readonly contentType: string
    }
  | { readonly kind: 'folder'; readonly path: string; readonly modified: Date }
  /** Nothing that can be served; the status says why. */
  | { readonly kind: 'failure'; readonly statusCode: 403 | 404 | 500 }

// A pipe that nobody writes to would be waited for, and take a thread of Node's few with it. Windows
// has neither such pipes nor the second flag, and undefined counts for nothing here.
const flags = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * Looks up what is there, and whether it may be read: opening tells, as the status of a file that
 * must not be read would not.
 */
export async function findEntry(path: string): Promise<StaticEntry> {
  let handle: FileHandle
  try {
    handle = await open(path, flags)
  } catch (error) {
    return { kind: 'failure', statusCode: statusOf(error) }
  }
  try {
    return await describe(path, handle)
  } finally {
    await handle.close()
  }
}

function statusOf(error: unknown): 403 | 404 | 500 {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 404
  return code === 'EACCES' || code === 'EPERM' ? 403 : 500
}

async function describe(path: string, handle: FileHandle): Promise<StaticEntry> {
  const stats = await handle.stat()
  const { size, mtime: modified } = stats
  if (stats.isDirectory()) return { kind: 'folder', path, modified }
  if (!stats.isFile()) return { kind: 'failure', statusCode: 403 }
  const contentType = typeByName(basename(path)) ?? sniffContentType(await beginning(handle))
  return { kind: 'file', path, size, modified, contentType }
}

async function beginning(handle: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read({
    buffer: Buffer.alloc(sniffedBytes),
    position: 0,
  })
  return buffer.subarray(0, bytesRead)
}
