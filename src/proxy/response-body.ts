import { constants, createGunzip, type Gunzip } from 'node:zlib'

import type { ClientResponse } from './client-response.ts'

/** Holds back what comes from the server. */
export interface Flow {
  pause(): void
  resume(): void
  abort(reason: Error): void
}

/** How the body of an answer is passed on. */
export interface BodyForm {
  /** Whether to decode it. */
  readonly gunzip: boolean
  /** Whether it stays open and comes line by line: that of a watch in JSON, a log. */
  readonly byLine: boolean
  /** Bytes, -1 when not known. */
  readonly length: number
}

// Up to here a body is worth copying into the same write as its head.
const shortBody = 16 * 1024

const newline = 0x0a

/** The body of an answer on its way to the client, as fast as the client takes it. */
export class ResponseBody {
  readonly #response: ClientResponse
  readonly #flow: Flow
  readonly #form: BodyForm
  readonly #gunzip: Gunzip | undefined
  #begun = false
  #complete = false
  /** Bytes of it. */
  #written = 0
  #paused = false
  #atLineEnd = true
  #atNextLineEnd: (() => void) | undefined

  /** The head must have been written. */
  constructor(response: ClientResponse, flow: Flow, form: BodyForm) {
    this.#response = response
    this.#flow = flow
    this.#form = form
    if (form.gunzip) this.#gunzip = this.#decode()
    // With what comes at once the head leaves in one write; but the first line of a watch may be
    // long in coming.
    if (form.length === -1) setImmediate(() => this.#flushHead())
  }

  get byLine(): boolean {
    return this.#form.byLine
  }

  /** Whether the client has been given all that it waits for. */
  get complete(): boolean {
    return this.#complete
  }

  /** Calls back where a reader may take what was written for complete; nothing is written after it. */
  onceAtLineEnd(then: () => void): void {
    if (this.#atLineEnd) then()
    else this.#atNextLineEnd = then
  }

  write(chunk: Buffer): void {
    this.#begun = true
    const { length, byLine } = this.#form
    this.#written += chunk.length
    if (this.#written === length) {
      this.#complete = true
      if (length <= shortBody) this.#response.end(chunk.toString('latin1'), 'latin1')
      else this.#response.end(chunk)
      return
    }
    const part = this.#atNextLineEnd === undefined ? chunk : upToLineEnd(chunk)
    if (byLine) this.#atLineEnd = part.at(-1) === newline
    const to = this.#gunzip ?? this.#response
    if (!to.write(part) && !this.#paused) this.#waitFor(to)
    if (this.#atLineEnd) this.#atNextLineEnd?.()
  }

  end(): void {
    // A decoder that got nothing would call it broken.
    const gunzip = this.#begun ? this.#gunzip : undefined
    if (!this.#begun) this.#gunzip?.destroy()
    this.#begun = true
    this.#complete = true
    if (gunzip === undefined) this.#response.end()
    else gunzip.end()
  }

  /** Nobody takes it any more. */
  abandon(): void {
    this.#begun = true
    this.#gunzip?.destroy()
  }

  #waitFor(to: Pick<ClientResponse, 'once'>): void {
    this.#paused = true
    this.#flow.pause()
    to.once('drain', () => {
      this.#paused = false
      this.#flow.resume()
    })
  }

  #flushHead(): void {
    if (!this.#begun) this.#response.flushHeaders()
  }

  #decode(): Gunzip {
    // What the server has flushed is passed on, whether or not a block is full.
    const gunzip = createGunzip({ flush: constants.Z_SYNC_FLUSH })
    gunzip.on('data', (chunk: Buffer) => {
      if (this.#response.write(chunk)) return
      gunzip.pause()
      this.#response.once('drain', () => gunzip.resume())
    })
    gunzip.once('end', () => this.#response.end())
    gunzip.once('error', (error) => {
      // The client has to see that this is not the end.
      this.#flow.abort(error)
      this.#response.destroy()
    })
    return gunzip
  }
}

function upToLineEnd(chunk: Buffer): Buffer {
  const end = chunk.indexOf(newline)
  return end === -1 ? chunk : chunk.subarray(0, end + 1)
}
