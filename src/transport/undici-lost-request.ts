import { errors } from 'undici'

import { systemCodeOf } from '../errors/kubecred-error.ts'

/** What is known of a request whose connection went away before it was answered. */
export interface LostRequest {
  readonly method: string
  readonly error: Error
  /** Whether its connection had served another request before. */
  readonly reused: boolean
}

/**
 * Whether a request that was lost is to be sent again.
 *
 * Any request is, when the server has said that it did not process it: by a GOAWAY that names only
 * earlier streams, or by refusing the stream; or when its head never left, for want of a connection,
 * say. One that only asks is also when a connection that was kept alive is closed under it, which is
 * what a server does that is restarted, or that has waited long enough; nothing tells then whether it
 * was processed. As in Go's `net/http`.
 */
export function mayBeSentAgain({ method, error, reused }: LostRequest): boolean {
  if (isRefused(error)) return true
  return reused && onlyAsks.has(method) && isClosed(error)
}

// The methods that Go takes to be safe to repeat.
const onlyAsks: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

// https://www.rfc-editor.org/rfc/rfc9113#name-error-codes
const refusedStream = 7

// undici's for a stream above the last one that the frame names, and for no other.
const goAwayWords = 'HTTP/2: "GOAWAY" frame received'

const refusedWords = [
  goAwayWords,
  // For a stream whose HEADERS (type 1) could not be sent, as after a GOAWAY that came meanwhile.
  'HTTP/2: "frameError" received - type 1,',
]

/** Whether a connection was not made because the process, or the system, may open no more files. */
export function isOutOfFiles(error: unknown): boolean {
  const code = systemCodeOf(error)
  return code === 'EMFILE' || code === 'ENFILE'
}

/** Whether the request was certainly not processed: the server says so, or never heard of it. */
export function isRefused(error: Error): boolean {
  if (isOutOfFiles(error)) return true
  if (refusedWords.some((words) => error.message.startsWith(words))) return true
  // A session that ends with this code gives it to its streams, processed or not.
  if (systemCodeOf(error) === 'ERR_HTTP2_SESSION_ERROR') return false
  return 'http2ErrorCode' in error && error.http2ErrorCode === refusedStream
}

/** Fails a request that a server did not process before it said GOAWAY, in undici's own words. */
export function unprocessed(): Error {
  return new errors.InformationalError(goAwayWords)
}

function isClosed(error: Error): boolean {
  const code = systemCodeOf(error)
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
}
