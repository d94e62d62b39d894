import { open } from 'node:fs/promises'

const chunkSize = 64 * 1024

/**
 * Reads a whole file, a pipe too, but never much more than `limit` bytes of it.
 *
 * @returns The bytes, or undefined when there are more than `limit`.
 */
export async function readBounded(path: string, limit: number): Promise<Buffer | undefined> {
  const handle = await open(path)
  try {
    const chunks: Buffer[] = []
    let size = 0
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkSize)
      const { bytesRead } = await handle.read(chunk, 0, chunkSize, null)
      if (bytesRead === 0) return Buffer.concat(chunks, size)
      size += bytesRead
      if (size > limit) return undefined
      chunks.push(chunk.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
}
