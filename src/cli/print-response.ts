import { pipeline, Readable } from 'node:stream'

import type { HttpsResponse } from '../doors/https.ts'
import { CommandError } from './command-error.ts'
import type { Output } from './output.ts'
import { printable } from '../api/printable.ts'
import { serverErrorText } from './server-error.ts'

/** How a response is printed. */
export interface Printing {
  /** Status line and headers first, and the body of an error as well. */
  readonly include: boolean
  /** Whether a compressed body is decompressed: the compression was not the caller's wish. */
  readonly decode: boolean
  readonly output: Output
  readonly signal: AbortSignal
}

/** Whether the response is what the caller wanted. */
export function isSuccess({ statusCode }: HttpsResponse): boolean {
  return statusCode < 300 || statusCode === 304
}

/** Prints a response as it arrives. */
export async function printSuccess(response: HttpsResponse, printing: Printing): Promise<void> {
  if (printing.include) await printing.output.write(headOf(response, printing))
  for await (const chunk of bodyOf(response, printing)) await printing.output.write(chunk)
}

/** What to say on stderr about a response that says no; the response itself only with `include`. */
export async function printRefusal(
  response: HttpsResponse,
  method: string,
  printing: Printing,
): Promise<string> {
  const { include, output } = printing
  if (include) await output.write(headOf(response, printing))
  const beginning: Uint8Array[] = []
  let length = 0
  for await (const chunk of bodyOf(response, printing)) {
    if (include) await output.write(chunk)
    if (length < longestStatus) beginning.push(chunk)
    length += chunk.length
    if (!include && length >= longestStatus) break
  }
  return serverErrorText({
    method,
    statusCode: response.statusCode,
    contentType: response.headers['content-type'] ?? '',
    body: Buffer.concat(beginning).toString('utf8'),
  })
}

// More than a Status ever is; the rest of such a body is not worth waiting for.
const longestStatus = 2 ** 20

function headOf(response: HttpsResponse, printing: Printing): string {
  const { statusCode, statusMessage, httpVersion, rawHeaders } = response
  const lines = [`HTTP/${httpVersion} ${statusCode} ${statusMessage}`]
  const decoded = isDecoded(response, printing)
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    // They tell of bytes that are not shown.
    const ofCompressed = decoded && /^content-(?:encoding|length)$/iu.test(name)
    if (!ofCompressed) lines.push(`${name}: ${rawHeaders[index + 1] ?? ''}`)
  }
  return `${printable(lines.join('\n'))}\n\n`
}

/** The bytes of a body; one that breaks off fails with a {@link CommandError}. */
export async function* bodyOf(
  response: HttpsResponse,
  printing: Pick<Printing, 'decode' | 'signal'>,
): AsyncGenerator<Uint8Array, void> {
  const { body } = response
  try {
    yield* isDecoded(response, printing) ? decompressed(body) : body
  } catch (error) {
    printing.signal.throwIfAborted()
    throw new CommandError('unexpected EOF: the response broke off in the middle', {
      cause: error,
      hint: 'what was printed is not the whole; the connection was lost on the way',
    })
  }
}

function isDecoded({ headers }: HttpsResponse, { decode }: Pick<Printing, 'decode'>): boolean {
  return decode && headers['content-encoding'] === 'gzip'
}

async function* decompressed(body: Readable): AsyncGenerator<Uint8Array, void> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]()
  const first = await chunks.next()
  // The answer to a HEAD says that it is compressed, and has no body.
  if (first.done === true) return
  // Few responses are compressed, so few runs have to load it.
  const { createGunzip } = await import('node:zlib')
  const rest = { [Symbol.asyncIterator]: () => chunks }
  const whole = Readable.from(startingWith(first.value, rest), { objectMode: false })
  // The failure of either shows where the result is read.
  yield* pipeline(whole, createGunzip(), () => undefined)
}

async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T, void> {
  yield first
  yield* rest
}
