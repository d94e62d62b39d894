import type { Duplex } from 'node:stream'

/** The other side closed before it had said all; the message is Go's. */
export class EarlyEnd extends Error {}

/** The other side says more than is believed. */
export class TooLong extends Error {}

/**
 * Reads as many bytes as `lengthOf` finds to belong together; it gets all that has come, and gives
 * undefined for more. What came after them stays in the stream.
 *
 * @throws {@link EarlyEnd}, {@link TooLong} for more than `most` bytes, or what the stream failed with.
 */
export async function readExactly(
  stream: Duplex,
  lengthOf: (received: Buffer) => number | undefined,
  most: number,
): Promise<Buffer> {
  let received: Buffer = Buffer.alloc(0)
  for (;;) {
    // A stream without an encoding gives buffers.
    const chunk = stream.read() as Buffer | null
    if (chunk === null) {
      await readable(stream, received.length === 0 ? 'EOF' : 'unexpected EOF')
      continue
    }
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    const length = lengthOf(received)
    if (length !== undefined && length <= received.length) {
      if (length < received.length) stream.unshift(received.subarray(length))
      return received.subarray(0, length)
    }
    if (received.length > most) throw new TooLong('the answer is too long')
  }
}

async function readable(stream: Duplex, end: string): Promise<void> {
  if (stream.errored) throw stream.errored
  if (stream.readableEnded || stream.destroyed) throw new EarlyEnd(end)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onEnd = (): void => {
    reject(new EarlyEnd(end))
  }
  stream.once('readable', resolve).once('end', onEnd).once('close', onEnd).once('error', reject)
  try {
    await promise
  } finally {
    stream.off('readable', resolve).off('end', onEnd).off('close', onEnd).off('error', reject)
  }
}
