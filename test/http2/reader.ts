import { createHash } from 'node:crypto'

import type { Dispatcher } from 'undici'

import type { Http2Connection } from '../../src/http2/connection.ts'

/** The moments at which a handler is told something. */
export type Moment =
  | 'onRequestStart'
  | 'onRequestSent'
  | 'onResponseStart'
  | 'onResponseData'
  | 'onResponseEnd'
  | 'onResponseError'

/** What a {@link Reader} does besides listening. */
export type ReaderActs = Readonly<Partial<Record<Moment, (reader: Reader) => void>>>

/** A handler that pauses, goes on and gives up when a test says so, and remembers what it was told. */
export class Reader implements Dispatcher.DispatchHandler {
  /** In words: `start`, `sent`, the status code, `data`, `end`, or the message of an error. */
  readonly told: string[] = []
  received = 0
  /** The whole body, as long as it comes in small pieces. */
  body = ''
  readonly #hash = createHash('sha256')
  error: Error | undefined
  readonly ended: Promise<void>
  readonly #acts: ReaderActs
  readonly #end = Promise.withResolvers<void>()
  #controller: Dispatcher.DispatchController | undefined

  constructor(acts: ReaderActs = {}) {
    this.#acts = acts
    this.ended = this.#end.promise
  }

  /** Sends a request whose response it reads. */
  ask(connection: Http2Connection, path = '/'): this {
    connection.dispatch({ path, method: 'GET' }, this)
    return this
  }

  /** Of all that was received. */
  digest(): string {
    return this.#hash.copy().digest('hex')
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  abort(message = 'enough'): void {
    this.#controller?.abort(new Error(message))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#tell('start', 'onRequestStart')
  }

  onRequestSent(): void {
    this.#tell('sent', 'onRequestSent')
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number): void {
    this.#tell(`${statusCode}`, 'onResponseStart')
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.received += chunk.length
    this.#hash.update(chunk)
    this.body += chunk.length < 1000 ? chunk.toString('latin1') : ''
    this.#tell('data', 'onResponseData')
  }

  onResponseEnd(): void {
    this.#end.resolve()
    this.#tell('end', 'onResponseEnd')
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.error = error
    this.#end.resolve()
    this.#tell(error.message, 'onResponseError')
  }

  #tell(word: string, moment: Moment): void {
    this.told.push(word)
    this.#acts[moment]?.(this)
  }
}
