import type { ReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import type { StaticEntry } from './static-entry.ts'
import { refuse } from './static-refusal.ts'

type StaticFile = Extract<StaticEntry, { readonly kind: 'file' }>

/** Answers with a file, or the part of it that is asked for, or that the client has it already. */
export async function sendFile(
  file: StaticFile,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { default: send } = await import('send')
  // Nobody would tell `send` any more that the client has gone.
  if (response.destroyed || request.socket.destroyed) return
  response.setHeader('Content-Type', file.contentType)
  response.setHeader('Accept-Ranges', 'bytes')
  // The path is complete, and what is left to `send` is what the file and the request have to say.
  send(request, encodeURIComponent(file.path), {
    acceptRanges: canBeDivided(request.headers.range, file.size),
    cacheControl: false,
    dotfiles: 'allow',
    etag: false,
    index: false,
    // To Go, the beginning of time is none.
    lastModified: file.modified.getTime() !== 0,
  })
    .on('stream', (stream: ReadStream) => {
      cutIfShort(stream, response)
      closeWith(request.socket, stream)
    })
    // A folder took the place of the file.
    .on('directory', () => refuse(response, 404))
    .on('error', (error: { readonly status?: number }) => fail(response, error.status))
    .pipe(response)
}

/**
 * Whether a range is left to `send`, which refuses two that are good: any range of an empty file,
 * and more bytes from the end than there are. The whole file is the answer to both.
 */
function canBeDivided(range: string | undefined, size: number): boolean {
  const fromEnd = /^ *bytes= *- *(?<length>\d+) *$/u.exec(range ?? '')?.groups?.['length']
  return size > 0 && !(Number(fromEnd) > size)
}

/** A file that shrinks while it is read: the client would wait for the rest, and then mistake it. */
function cutIfShort(stream: ReadStream, response: ServerResponse): void {
  stream.once('end', () => {
    if (stream.bytesRead < Number(response.getHeader('Content-Length'))) response.destroy()
  })
}

/**
 * A response that waits for its turn on a connection does not hear when that is cut, and `send` does
 * not either.
 */
function closeWith(socket: Socket, stream: ReadStream): void {
  const close = (): void => {
    stream.destroy()
  }
  if (socket.destroyed) close()
  socket.once('close', close)
  stream.once('close', () => socket.off('close', close))
}

function fail(response: ServerResponse, status: number | undefined): void {
  if (response.headersSent) response.destroy()
  else if (status === 412) {
    for (const name of ['Accept-Ranges', 'Content-Type']) response.removeHeader(name)
    response.statusCode = status
    response.end()
  } else if (status === 403 || status === 404 || status === 416) refuse(response, status)
  else refuse(response, 500)
}
