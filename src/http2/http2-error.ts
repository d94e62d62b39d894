import { errorCodes } from './frames.ts'

/** The server does not keep to HTTP/2: the end of the connection, or of one response. */
export class Http2Error extends Error {
  override readonly name = 'Http2Error'
  readonly code = 'ERR_HTTP2_MALFORMED'
  /** What is told to the server. */
  readonly errorCode: number

  constructor(errorCode: number, message: string) {
    super(`malformed HTTP/2 response: ${message}`)
    this.errorCode = errorCode
  }
}

/** The server has ended a request without an answer, or did not begin it. */
export class StreamResetError extends Error {
  override readonly name = 'StreamResetError'
  readonly code = 'ERR_HTTP2_STREAM_RESET'
  /** Its reason; 7 (`REFUSED_STREAM`) says that the request was not processed, and may be sent again. */
  readonly http2ErrorCode: number

  constructor(http2ErrorCode: number, message: string) {
    super(message)
    this.http2ErrorCode = http2ErrorCode
  }
}

/** An error for what no server may send. */
export function protocolError(message: string): Http2Error {
  return new Http2Error(errorCodes.protocolError, message)
}

/** What a request ends with whose stream the server has reset. */
export function streamReset(code: number): StreamResetError {
  const name = codeNames[code] ?? 'an unknown error code'
  return new StreamResetError(code, `the server has reset the stream: ${name} (${code})`)
}

/** What a request ends with that the server has not looked at, as its GOAWAY says. */
export function notProcessed(): StreamResetError {
  const message = 'the server has said GOAWAY before it processed the request'
  return new StreamResetError(errorCodes.refusedStream, message)
}

// https://www.rfc-editor.org/rfc/rfc9113#name-error-codes
const codeNames: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
]
