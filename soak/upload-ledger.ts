import { createHash } from 'node:crypto'

/** What the server has got of uploads: each at most once, and whole. */
export class UploadLedger {
  readonly #done = new Map<string, number>()

  /** Uploads that were carried out. */
  get size(): number {
    return this.#done.size
  }

  /**
   * An upload has come to its end.
   *
   * @param promised Checksum that its client gave before.
   * @returns What is wrong with it; undefined when nothing is.
   */
  carryOut(key: string, body: Uint8Array, promised: string): string | undefined {
    const times = (this.#done.get(key) ?? 0) + 1
    this.#done.set(key, times)
    if (checksum(body) !== promised) return `upload ${key} came as ${body.length} other bytes`
    return times > 1 ? `upload ${key} was carried out ${times} times` : undefined
  }
}

/** What two equal bodies have in common. */
export function checksum(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

/** Bytes that client and server both know. */
export function contentOf(name: string, bytes: number): Buffer {
  return createHash('shake256', { outputLength: bytes }).update(name).digest()
}
