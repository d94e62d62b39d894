import { Transform, type Readable, type TransformCallback } from 'node:stream'

import { LineEnds } from './line-ends.ts'

/** The body of a watch: what the server sends, until it is asked to end after a line. */
export class WatchBody extends Transform {
  readonly #from: Readable
  readonly #lines = new LineEnds()

  constructor(from: Readable) {
    super()
    this.#from = from
    // Not destroyed by what follows its end, which is ours.
    from.on('error', (error) => this.#lines.reached || this.destroy(error))
    from.pipe(this)
    this.once('close', () => from.destroy())
  }

  /** Ends it after the line that is under way, as if the server had. */
  finishSoon(): void {
    this.#lines.finish()
    this.#endIfReached()
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    done(null, this.#lines.take(chunk))
    this.#endIfReached()
  }

  #endIfReached(): void {
    if (!this.#lines.reached || this.writableEnded) return
    this.#from.unpipe(this)
    this.end()
    this.#from.destroy()
  }
}
