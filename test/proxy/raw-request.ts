import { connect } from 'node:net'

/** A request as it goes over the wire; every text is bytes, in Latin-1. */
export interface RawRequest {
  readonly method: string
  /** What stands in the request line. */
  readonly target: string
  /** One `Host` header for each. */
  readonly hosts: readonly string[]
  /** More lines of the head. */
  readonly lines?: readonly string[]
}

/** What came back. */
export interface RawAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** The head that is sent, byte by byte: a client would put it in order first. */
export function headOf({ method, target, hosts, lines = [] }: RawRequest): string {
  const head = [
    `${method} ${target} HTTP/1.1`,
    ...hosts.map((host) => `Host: ${host}`),
    ...lines,
    'Connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n`
}

/** Sends a request to a port of this machine, and reads until the connection ends. */
export async function sendRaw(port: number, request: RawRequest): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1')
  // Whoever refuses a head may close before having read all of it.
  socket.on('error', () => undefined)
  socket.write(headOf(request), 'latin1')
  let received = ''
  try {
    for await (const chunk of socket) received += String(chunk)
  } catch {
    // What came before counts.
  }
  return readAnswer(received)
}

function readAnswer(received: string): RawAnswer {
  const end = received.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = received.slice(0, Math.max(end, 0)).split('\r\n')
  const headers = new Map(
    lines.map((line): [string, string] => {
      const [, name = '', value = ''] = /^([^:]*): *(.*)$/u.exec(line) ?? []
      return [name.toLowerCase(), value]
    }),
  )
  const rest = received.slice(end + 4)
  return {
    status: Number(statusLine.split(' ')[1] ?? 0),
    headers,
    body: headers.get('transfer-encoding') === 'chunked' ? joinChunks(rest) : rest,
  }
}

function joinChunks(chunked: string): string {
  const [, size = '0', rest = ''] = /^([0-9a-f]+)[^\r]*\r\n([^]*)$/iu.exec(chunked) ?? []
  const length = Number.parseInt(size, 16)
  return length === 0 ? '' : rest.slice(0, length) + joinChunks(rest.slice(length + 2))
}
