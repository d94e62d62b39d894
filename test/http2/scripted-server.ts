import { EventEmitter, once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

import { FrameReader, type Frame } from '../../src/http2/frame-reader.ts'
import { flags, frameTypes, preface } from '../../src/http2/frames.ts'
import { HpackDecoder } from '../../src/hpack/decoder.ts'

/** A request head that came. */
export interface Asked {
  readonly stream: number
  /** Names and values in turn. */
  readonly head: readonly string[]
  /** Frames that it took. */
  readonly frames: number
}

/** The server's side of one connection over HTTP/2: it says what a test has it say, right or wrong. */
export class ScriptedServer implements AsyncDisposable {
  /** What came, but for the preface, as long as it is read. */
  readonly frames: Frame[] = []
  readonly asked: Asked[] = []
  /** Which frames came together: their number, of each piece that was read. */
  readonly pieces: number[] = []
  /** Called for each request, and what it returns is said. */
  answer: (asked: Asked) => Uint8Array | undefined = () => undefined
  readonly #listening = createServer((socket) => this.#accept(socket))
  readonly #decoder = new HpackDecoder({ maxTableSize: 4096, maxListSize: 2 ** 24 })
  readonly #reader = new FrameReader((frame) => this.#take(frame))
  readonly #greeting: Uint8Array
  readonly #events = new EventEmitter<{ accepted: []; read: [] }>()
  #socket: Socket | undefined
  #skipped = 0
  #block: Buffer[] = []

  /** @param greeting What it says at first. */
  constructor(greeting: Uint8Array) {
    this.#greeting = greeting
  }

  /** Listens for its one connection; the port is the result. */
  async listen(): Promise<number> {
    this.#listening.listen(0, '127.0.0.1')
    await once(this.#listening, 'listening')
    // It listens on a port.
    return (this.#listening.address() as AddressInfo).port
  }

  /** Whether the other side has closed the connection. */
  get left(): boolean {
    return this.#socket?.readableEnded === true || this.#socket?.destroyed === true
  }

  /** Numbers of the frames that came of one type, on one stream if one is named. */
  came(type: keyof typeof frameTypes, stream?: number): Frame[] {
    const all = this.frames.filter((frame) => frame.type === frameTypes[type])
    return stream === undefined ? all : all.filter((frame) => frame.stream === stream)
  }

  /** The error codes of the RST_STREAM frames on a stream, or of the GOAWAY frames. */
  codes(type: 'resetStream' | 'goAway', stream = 0): number[] {
    const at = type === 'goAway' ? 4 : 0
    return this.came(type, stream).map(({ payload }) => payload.readUInt32BE(at))
  }

  /** How many bytes it may send on a stream or, with 0, on all together, by what it was told. */
  allowed(stream: number): number {
    const begin = stream === 0 ? 65_535 : 256 * 1024
    const more = this.came('windowUpdate', stream).map(({ payload }) => payload.readUInt32BE(0))
    return more.reduce((one, other) => one + other, begin)
  }

  /** Waits for its connection. */
  async wasConnected(): Promise<void> {
    if (this.#socket === undefined) await once(this.#events, 'accepted')
  }

  /** Waits for a number of requests. */
  async wasAsked(count: number): Promise<void> {
    while (this.asked.length < count) await once(this.#events, 'read')
  }

  send(...parts: readonly Uint8Array[]): void {
    this.#socket?.write(Buffer.concat(parts))
  }

  /** Reads no more until it is told to. */
  pause(): void {
    this.#socket?.pause()
  }

  resume(): void {
    this.#socket?.resume()
  }

  /** Closes the connection: in good order, or not. */
  leave(how: 'end' | 'reset'): void {
    if (how === 'end') this.#socket?.end()
    else this.#socket?.resetAndDestroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy()
    this.#listening.close()
    await once(this.#listening, 'close')
  }

  #accept(socket: Socket): void {
    this.#socket = socket
    socket.setNoDelay(true).on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    this.send(this.#greeting)
    this.#events.emit('accepted')
  }

  #read(chunk: Buffer): void {
    const before = this.frames.length
    const skip = Math.min(preface.length - this.#skipped, chunk.length)
    this.#skipped += skip
    this.#reader.read(chunk.subarray(skip))
    this.pieces.push(this.frames.length - before)
    this.#events.emit('read')
  }

  #take(frame: Frame): void {
    const { type, stream, payload } = frame
    this.frames.push({ ...frame, payload: Buffer.from(payload) })
    if (type !== frameTypes.headers && type !== frameTypes.continuation) return
    this.#block.push(payload)
    if ((frame.flags & flags.endHeaders) === 0) return
    const head = this.#decoder.decode(Buffer.concat(this.#block))
    const asked = { stream, head, frames: this.#block.length }
    this.#block = []
    this.asked.push(asked)
    const answer = this.answer(asked)
    if (answer !== undefined) this.send(answer)
  }
}
