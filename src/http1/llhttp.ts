import { llhttpWasm } from './llhttp-wasm.cjs'

/** What a parser finds, in the order in which it stands in the bytes. Texts may come in pieces. */
export interface LlhttpEvents {
  fieldName(piece: string): void
  fieldValue(piece: string): void
  /** The headers are complete. */
  head(statusCode: number, keepsAlive: boolean): AfterHead
  body(chunk: Buffer): void
  /** True to stop before the next message. */
  complete(): boolean
}

/** What follows a head: what it says, or nothing at all, as after a 1xx. */
export type AfterHead = 'as-told' | 'no-body'

/** How far a parser came in a chunk. */
export interface Progress {
  /** Whether it stopped where `complete` said so. */
  readonly stopped: boolean
  /** Bytes that are left after that. */
  readonly left: number
}

/** What llhttp does not take for HTTP/1.1. */
export class MalformedResponseError extends Error {
  override readonly name = 'MalformedResponseError'
}

/** Parses the responses of one connection, one after the other. */
export class Llhttp {
  readonly #events: LlhttpEvents
  readonly #place: number

  constructor(events: LlhttpEvents) {
    this.#events = events
    this.#place = library().llhttp_alloc(responses)
  }

  /**
   * Reads a chunk. What the events throw comes out here, and leaves the parser useless.
   *
   * @throws {@link MalformedResponseError}
   */
  execute(chunk: Buffer): Progress {
    const { llhttp_execute, llhttp_get_error_pos, llhttp_resume } = library()
    const input = copyIn(chunk)
    begin({ events: this.#events, chunk, input })
    try {
      const result = llhttp_execute(this.#place, input, chunk.length)
      if (result === ok) return { stopped: false, left: 0 }
      if (result !== paused) throw this.#malformed()
      const left = chunk.length - (llhttp_get_error_pos(this.#place) - input)
      llhttp_resume(this.#place)
      return { stopped: true, left }
    } finally {
      reading = undefined
    }
  }

  /**
   * There are no more bytes: ends a body that lasts as long as its connection.
   *
   * @throws {@link MalformedResponseError} when a message is not complete.
   */
  finish(): void {
    begin({ events: this.#events, chunk: Buffer.alloc(0), input: 0 })
    try {
      const result = library().llhttp_finish(this.#place)
      if (result !== ok && result !== paused) throw this.#malformed()
    } finally {
      reading = undefined
    }
  }

  /** Gives its memory back; it must not be used any more. */
  free(): void {
    library().llhttp_free(this.#place)
  }

  /** The parser's own reason, which holds nothing of what was parsed. */
  #malformed(): MalformedResponseError {
    const { llhttp_get_error_reason, memory } = library()
    const start = llhttp_get_error_reason(this.#place)
    const bytes = Buffer.from(memory.buffer, start)
    const reason = start === 0 ? '' : `: ${bytes.toString('latin1', 0, bytes.indexOf(0))}`
    return new MalformedResponseError(`it is not HTTP/1.1${reason}`)
  }
}

// llhttp's own numbers.
const responses = 2
const ok = 0
const stopHere = -1
const paused = 21
const noBody = 1

/** The functions of llhttp that are used, under their names in C. */
interface Library {
  readonly memory: WebAssembly.Memory
  malloc(size: number): number
  free(place: number): void
  llhttp_alloc(type: number): number
  llhttp_free(parser: number): void
  llhttp_execute(parser: number, data: number, length: number): number
  llhttp_finish(parser: number): number
  llhttp_resume(parser: number): void
  llhttp_get_error_pos(parser: number): number
  llhttp_get_error_reason(parser: number): number
}

/** What is read at the moment: one chunk of one connection, since parsing never waits. */
interface Reading {
  readonly events: LlhttpEvents
  readonly chunk: Buffer
  /** Where the chunk stands in the memory of the library. */
  readonly input: number
}

let loaded: Library | undefined
let reading: Reading | undefined
let inputPlace = 0
let inputSize = 0

function begin(next: Reading): void {
  // The bytes of the other one would be lost.
  if (reading !== undefined) throw new Error('a message arrived while another was being read')
  reading = next
}

// Compiled when the first connection is there: that takes a millisecond or two.
function library(): Library {
  loaded ??= instantiate()
  return loaded
}

function instantiate(): Library {
  const module = new WebAssembly.Module(llhttpWasm())
  const now = (): Reading => {
    if (reading === undefined) throw new Error('llhttp called without a chunk')
    return reading
  }
  const text = (at: number, length: number): string => {
    const { chunk, input } = now()
    return chunk.toString('latin1', at - input, at - input + length)
  }
  const env = {
    wasm_on_url: () => ok,
    wasm_on_status: () => ok,
    wasm_on_message_begin: () => ok,
    wasm_on_header_field: (_: number, at: number, length: number) => {
      now().events.fieldName(text(at, length))
      return ok
    },
    wasm_on_header_value: (_: number, at: number, length: number) => {
      now().events.fieldValue(text(at, length))
      return ok
    },
    wasm_on_headers_complete: (_: number, status: number, upgrade: number, keepsAlive: number) => {
      if (upgrade !== 0) return stopHere
      return now().events.head(status, keepsAlive !== 0) === 'no-body' ? noBody : ok
    },
    wasm_on_body: (_: number, at: number, length: number) => {
      const { events, chunk, input } = now()
      events.body(chunk.subarray(at - input, at - input + length))
      return ok
    },
    wasm_on_message_complete: () => (now().events.complete() ? paused : ok),
  }
  // The exports of a module have no type; these names are those of llhttp's own interface.
  return new WebAssembly.Instance(module, { env }).exports as unknown as Library
}

/** Copies a chunk to where the library can read it; one place serves all, since parsing never waits. */
function copyIn(chunk: Buffer): number {
  const { memory, malloc, free } = library()
  if (chunk.length > inputSize) {
    if (inputPlace !== 0) free(inputPlace)
    inputSize = Math.ceil(chunk.length / 4096) * 4096
    inputPlace = malloc(inputSize)
  }
  new Uint8Array(memory.buffer, inputPlace, chunk.length).set(chunk)
  return inputPlace
}
