import { close, open, read } from './file-system.ts'

const firstSize = 64 * 1024

/**
 * Reads a whole file, a pipe too, but never much more than `limit` bytes of it. It holds at most a
 * small multiple of what it has read, however little a pipe gives at a time.
 *
 * @returns The bytes, or undefined when there are more than `limit`.
 */
export async function readBounded(path: string, limit: number): Promise<Buffer | undefined> {
  const file = await open(path, 'r')
  try {
    let buffer = Buffer.allocUnsafeSlow(Math.min(firstSize, limit + 1))
    let size = 0
    for (;;) {
      if (size === buffer.length) buffer = grown(buffer, limit + 1)
      const { bytesRead } = await read(file, buffer, size, buffer.length - size, null)
      if (bytesRead === 0) return buffer.subarray(0, size)
      size += bytesRead
      if (size > limit) return undefined
    }
  } finally {
    await close(file)
  }
}

/** The same bytes at the beginning of twice the room, but not of more than `most`. */
function grown(buffer: Buffer, most: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(Math.min(buffer.length * 2, most))
  buffer.copy(larger)
  return larger
}
