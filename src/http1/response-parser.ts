import { HeaderFields } from './header-fields.ts'
import { Llhttp, MalformedResponseError, type AfterHead, type LlhttpEvents } from './llhttp.ts'
import { readHead } from './read-head.ts'

/** What a connection is told of the response that it waits for. */
export interface ResponseListener {
  /** @param headers Names and values in turn, as they came; bytes beyond ASCII as Latin-1. */
  headed(statusCode: number, headers: string[]): void
  received(chunk: Buffer): void
}

/** A response that has been read to its end. */
export interface CompleteResponse {
  /** Headers that came after the body, names and values in turn. */
  readonly trailers: string[]
  /** Whether the connection may carry another. */
  readonly keepsAlive: boolean
  /** How long the server keeps it without a request, milliseconds; undefined where it does not say. */
  readonly keepAliveMs: number | undefined
}

/**
 * Reads the responses to GET requests on one connection, one after the other. Those that tell their
 * length in plain words need no parser; all others have llhttp, from their first byte.
 */
export class ResponseParser {
  readonly #listener: ResponseListener
  #llhttp: Llhttp | undefined
  readonly #most: number
  /** Bytes of the body that are to come, of a response that needs no parser. */
  #missing = 0
  /** Whether llhttp has begun one. */
  #parsing = false
  readonly #fields = new HeaderFields()
  #keepsAlive = false
  #keepAliveMs: number | undefined
  #informational = false
  #complete = false

  /** @param most Largest head in bytes. */
  constructor(listener: ResponseListener, most: number) {
    this.#listener = listener
    this.#most = most
  }

  /**
   * Reads what came. The result is the end of the response, when it was among it.
   *
   * @throws {@link MalformedResponseError}, and what the listener throws.
   */
  read(chunk: Buffer): CompleteResponse | undefined {
    if (this.#missing > 0) return this.#readBody(chunk, 0)
    const head = this.#parsing ? undefined : readHead(chunk)
    if (head === undefined) return this.#parse(chunk)
    this.#missing = head.length
    this.#listener.headed(head.statusCode, head.headers)
    return this.#readBody(chunk, head.bodyAt)
  }

  /**
   * The server has closed the connection.
   *
   * @throws {@link MalformedResponseError} when the response is cut short.
   */
  finish(): CompleteResponse | undefined {
    if (this.#missing > 0) {
      throw new MalformedResponseError(`the response lacks ${this.#missing} bytes`)
    }
    if (!this.#parsing) return undefined
    this.#llhttp?.finish()
    return this.#complete ? this.#end(false) : undefined
  }

  /** To be called once, when the connection is gone. */
  free(): void {
    this.#llhttp?.free()
  }

  #readBody(chunk: Buffer, from: number): CompleteResponse | undefined {
    const end = Math.min(chunk.length, from + this.#missing)
    this.#missing -= end - from
    if (end > from) this.#listener.received(chunk.subarray(from, end))
    if (this.#missing > 0) return undefined
    return { trailers: [], keepsAlive: end === chunk.length, keepAliveMs: undefined }
  }

  #parse(chunk: Buffer): CompleteResponse | undefined {
    this.#parsing = true
    this.#llhttp ??= new Llhttp(this.#eventsFor(this.#listener))
    const { stopped, left } = this.#llhttp.execute(chunk)
    return stopped ? this.#end(this.#keepsAlive && left === 0) : undefined
  }

  // Nobody asked for what comes after an answer; it must not become the answer to somebody else: a
  // connection on which there is more is not kept.
  #end(keepsAlive: boolean): CompleteResponse {
    this.#parsing = false
    const trailers = this.#fields.take()
    this.#complete = false
    return { trailers, keepsAlive, keepAliveMs: this.#keepAliveMs }
  }

  #eventsFor(listener: ResponseListener): LlhttpEvents {
    return {
      fieldName: (piece) => {
        this.#fields.addName(piece)
        this.#limit()
      },
      fieldValue: (piece) => {
        this.#fields.addValue(piece)
        this.#limit()
      },
      head: (statusCode, keepsAlive) => this.#headed(listener, statusCode, keepsAlive),
      body: (chunk) => {
        listener.received(chunk)
      },
      complete: () => {
        this.#complete = !this.#informational
        return this.#complete
      },
    }
  }

  #headed(listener: ResponseListener, statusCode: number, keepsAlive: boolean): AfterHead {
    const headers = this.#fields.take()
    this.#informational = statusCode < 200
    // 100 and 103 are not the answer.
    if (this.#informational) return 'no-body'
    this.#keepsAlive = keepsAlive
    this.#keepAliveMs = keepAliveOf(headers)
    // What says that it has none must not have one: it would be read as the next answer.
    if (statusCode === 204 || statusCode === 304) this.#keepsAlive &&= !announcesBody(headers)
    listener.headed(statusCode, headers)
    return 'as-told'
  }

  #limit(): void {
    if (this.#fields.size <= this.#most) return
    throw new MalformedResponseError(`it has more than ${this.#most} bytes of headers`)
  }
}

/** What `Keep-Alive: timeout=5` says, in milliseconds. */
function keepAliveOf(headers: readonly string[]): number | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() !== 'keep-alive') continue
    const seconds = /(?:^|[,;\s])timeout=(\d{1,9})/iu.exec(headers[index + 1] ?? '')?.[1]
    if (seconds !== undefined) return Number(seconds) * 1000
  }
  return undefined
}

function announcesBody(headers: readonly string[]): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase()
    if (name === 'transfer-encoding') return true
    if (name === 'content-length' && headers[index + 1] !== '0') return true
  }
  return false
}
