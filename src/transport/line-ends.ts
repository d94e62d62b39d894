/** What of a response's head tells how its body is made up. */
export interface BodyHead {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

const newline = 0x0a

/**
 * Whether a body comes as lines of text, so that it can end after any of them: that of a watch in
 * JSON. One in protobuf, or that is compressed, does not show where an event ends.
 */
export function comesByLine({ statusCode, headers }: BodyHead): boolean {
  const { 'content-type': type, 'content-encoding': encoding = 'identity' } = headers
  return statusCode === 200 && encoding === 'identity' && isJson.test(String(type))
}

const isJson = /^application\/(?:[\w.-]+\+)?json(?:\s*;|\s*$)/iu

/** Follows a body that comes by line, so that it can be ended where a reader takes it for whole. */
export class LineEnds {
  #atEnd = true
  #ending = false

  /** Asks for the end of the line that is under way; nothing is to come after it. */
  finish(): void {
    this.#ending = true
  }

  /** Whether the end that was asked for is reached. */
  get reached(): boolean {
    return this.#ending && this.#atEnd
  }

  /** What of a chunk is still to be passed on; nothing of one that comes after the end. */
  take(chunk: Buffer): Buffer {
    if (this.reached) return chunk.subarray(0, 0)
    if (chunk.length === 0) return chunk
    const end = this.#ending ? chunk.indexOf(newline) : -1
    const part = end === -1 ? chunk : chunk.subarray(0, end + 1)
    this.#atEnd = part.at(-1) === newline
    return part
  }
}
