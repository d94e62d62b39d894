import type { BigIntStats } from 'node:fs'

import { close, fstat, open, read } from './file-system.ts'

const firstSize = 64 * 1024

// One that is written without pause is given as it is.
const mostReadings = 5

/**
 * Reads a whole file, a pipe too, but never much more than `limit` bytes of it. It holds at most a
 * small multiple of what it has read, however little a pipe gives at a time.
 *
 * A file that is written meanwhile is read again: what is given is what stood in it at one moment.
 *
 * @returns The bytes, or undefined when there are more than `limit`.
 */
export async function readBounded(path: string, limit: number): Promise<Buffer | undefined> {
  const file = await open(path, 'r')
  try {
    let before = await fstat(file, { bigint: true })
    // What is read from a pipe is gone.
    if (!before.isFile()) return await readWhole(file, limit, false)
    for (let reading = 1; ; reading++) {
      const bytes = await readWhole(file, limit, true)
      const after = await fstat(file, { bigint: true })
      if (isUnwritten(before, after) || reading === mostReadings) return bytes
      before = after
    }
  } finally {
    await close(file)
  }
}

function isUnwritten(before: BigIntStats, after: BigIntStats): boolean {
  return (
    before.size === after.size &&
    before.mtimeNs === after.mtimeNs &&
    before.ctimeNs === after.ctimeNs
  )
}

/** @param again From the beginning, whatever has been read of it. */
async function readWhole(file: number, limit: number, again: boolean): Promise<Buffer | undefined> {
  let buffer = Buffer.allocUnsafeSlow(Math.min(firstSize, limit + 1))
  let size = 0
  for (;;) {
    if (size === buffer.length) buffer = grown(buffer, limit + 1)
    const position = again ? size : null
    const { bytesRead } = await read(file, buffer, size, buffer.length - size, position)
    if (bytesRead === 0) return buffer.subarray(0, size)
    size += bytesRead
    if (size > limit) return undefined
  }
}

/** The same bytes at the beginning of twice the room, but not of more than `most`. */
function grown(buffer: Buffer, most: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(Math.min(buffer.length * 2, most))
  buffer.copy(larger)
  return larger
}
