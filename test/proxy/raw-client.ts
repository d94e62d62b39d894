import { connect, type Socket } from 'node:net'

/** How a client goes: it closes; it ends its side and still listens; it resets the connection. */
export type Ending = 'close' | 'half-close' | 'reset'

// The machine may be busy; a proxy that does not answer at all is found out all the same.
const patienceMs = 15_000

/** A client that sends the bytes it is told to, and can go at any moment. */
export class RawClient {
  readonly socket: Socket
  /** Bytes that have come. */
  bytes = 0
  /** The beginning of what has come. */
  text = ''
  #look: (() => void) | undefined

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('error', () => undefined)
    this.socket.on('close', () => this.#look?.())
    this.socket.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length
      if (this.text.length < 16_384) this.text += chunk.toString('latin1')
      this.#look?.()
    })
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes)
  }

  /** Sends a request without a body. */
  get(path: string, ...headers: readonly string[]): void {
    this.send(head('GET', path, headers))
  }

  /** Waits until what came is enough. */
  async until(enough: () => boolean): Promise<void> {
    if (enough()) return
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => {
        reject(new Error(`${why} after ${this.bytes} bytes: ${this.text.slice(0, 200)}`))
      }
      const timer = setTimeout(() => fail('nothing more came'), patienceMs)
      this.#look = () => {
        if (!enough() && !this.socket.destroyed) return
        clearTimeout(timer)
        this.#look = undefined
        if (enough()) resolve()
        else fail('the proxy closed the connection')
      }
    })
  }

  /** Waits until so many bytes have come. */
  async receives(bytes: number): Promise<void> {
    await this.until(() => this.bytes >= bytes)
  }

  /** Waits until the connection is closed. */
  async closed(): Promise<void> {
    const { socket } = this
    if (socket.closed) return
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the connection stays open')), patienceMs)
      socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** Goes, and waits until the connection is closed. */
  async leave(ending: Ending): Promise<void> {
    const closed = this.closed()
    if (ending === 'close') this.socket.destroy()
    else if (ending === 'reset') this.socket.resetAndDestroy()
    else this.socket.end()
    await closed
  }
}

/** The head of a request. */
export function head(method: string, path: string, headers: readonly string[] = []): string {
  return `${[`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers].join('\r\n')}\r\n\r\n`
}
