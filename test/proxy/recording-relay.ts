import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A request that went through a relay, and how it was answered. */
export interface RelayedRequest {
  /** Method and path. */
  readonly asked: string
  /** Header lines with names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** Undefined when there was no answer. */
  readonly status: number | undefined
}

/** Passes connections on as they are, and tells what a browser has said over them. */
export class RecordingRelay {
  /** Port that new connections lead to. */
  to: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #conversations: { asked: string; answered: string }[] = []

  private constructor(to: number) {
    this.to = to
    this.#server = createServer((socket) => {
      this.#join(socket)
    })
  }

  /** Starts one that leads to a port of this machine. */
  static async start(to: number): Promise<RecordingRelay> {
    const relay = new RecordingRelay(to)
    relay.#server.listen(0, '127.0.0.1')
    await once(relay.#server, 'listening')
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port // A port was asked for, so it has one.
  }

  /** What went through since the last time. */
  take(): readonly RelayedRequest[] {
    const all = this.#conversations.splice(0)
    return all.flatMap(({ asked, answered }) => pair(asked, answered))
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #join(client: Socket): void {
    const server = connect(this.to, '127.0.0.1')
    const conversation = { asked: '', answered: '' }
    this.#conversations.push(conversation)
    client.on('data', (chunk: Buffer) => (conversation.asked += chunk.toString('latin1')))
    server.on('data', (chunk: Buffer) => (conversation.answered += chunk.toString('latin1')))
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one)
      one.pipe(other)
      one.on('error', () => undefined)
      one.once('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
    }
  }
}

// A browser sends the next request when the last one is answered, so they come in the same order.
function pair(asked: string, answered: string): RelayedRequest[] {
  const statuses = [...answered.matchAll(/^HTTP\/1\.1 (\d+) /gmu)].map(([, code]) => Number(code))
  return requestsIn(asked).map((request, index) => ({ ...request, status: statuses[index] }))
}

function requestsIn(bytes: string): Omit<RelayedRequest, 'status'>[] {
  const [whole, asked, lines] = /^([A-Z]+ \S+) HTTP\/1\.1\r\n([^]*?)\r\n\r\n/u.exec(bytes) ?? []
  if (whole === undefined || asked === undefined || lines === undefined) return []
  const headers = new Map(lines.split('\r\n').map((line) => splitHeader(line)))
  const bodyLength = Number(headers.get('content-length') ?? 0)
  return [{ asked, headers }, ...requestsIn(bytes.slice(whole.length + bodyLength))]
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}
