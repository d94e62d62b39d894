import { KubecredError } from '../src/doors/index.ts'

/** What became of a request that did not go well. */
export type Trouble =
  | `status ${number}`
  /** Nothing listens. */
  | 'refused'
  /** The connection went away before an answer began. */
  | 'lost'
  /** The answer broke off, and the client was told. */
  | 'cut'
  /** There was no credential. */
  | 'credential'
  /** An upgrade got another answer, which undici does not show. */
  | 'not upgraded'
  | 'timeout'
  | 'closed'
  | 'aborted'
  /** The answer is not what was asked for: never excused. */
  | 'wrong'
  /** It did not end in time: never excused. */
  | 'hung'
  /** An error that nobody foresaw: never excused. */
  | 'other'

/** A request that failed, in the words of the soak. */
export class RequestTrouble extends Error {
  override readonly name: string = 'RequestTrouble'
  readonly trouble: Trouble

  constructor(trouble: Trouble, message: string) {
    super(message)
    this.trouble = trouble
  }
}

/** Aborts the requests of a client that has lost interest. */
export class LostInterest extends Error {
  override readonly name: string = 'LostInterest'
}

/**
 * What a failed request came to.
 *
 * @param answered Whether its answer had begun.
 */
export function troubleOf(error: unknown, answered: boolean): Trouble {
  for (const cause of causesOf(error)) {
    const trouble = knownTrouble(cause)
    if (trouble === undefined) continue
    return trouble === 'lost' && answered ? 'cut' : trouble
  }
  return 'other'
}

/** What stands in the failures that the server of the soak answers with, and no other. */
export const ownMark = '"reason":"Soak"'

/** The answer of `kubecred proxy` to a request that it could not pass on. */
export function proxyTrouble(status: number, body: string): Trouble {
  if (status < 502 || status > 504 || body.includes(ownMark)) return `status ${status}`
  if (/getting credentials|exec plugin|exec: /u.test(body)) return 'credential'
  if (body.includes('was refused')) return 'refused'
  if (body.includes('is closed')) return 'closed'
  return status === 504 ? 'timeout' : 'lost'
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = []
  for (let each = error; each instanceof Error && causes.length < 10; each = each.cause) {
    causes.push(each)
  }
  return causes
}

function knownTrouble(error: unknown): Trouble | undefined {
  if (error instanceof RequestTrouble) return error.trouble
  if (error instanceof LostInterest) return 'aborted'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof Error && error.message === 'bad upgrade') return 'not upgraded'
  if (error instanceof KubecredError && code !== 'ERR_CONNECTION') {
    if (/^ERR_(?:EXEC|CREDENTIAL|RENEWAL)/u.test(code)) return 'credential'
    if (code === 'ERR_CLOSED') return 'closed'
    return code === 'ERR_TIMEOUT' ? 'timeout' : undefined
  }
  return byCode.get(code)
}

const byCode: ReadonlyMap<string, Trouble> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'lost'],
  ['EPIPE', 'lost'],
  ['UND_ERR_SOCKET', 'lost'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'lost'],
  ['UND_ERR_INFO', 'lost'],
  ['ERR_HTTP2_STREAM_ERROR', 'lost'],
  ['ERR_HTTP2_STREAM_CANCEL', 'lost'],
  ['ERR_HTTP2_SESSION_ERROR', 'lost'],
  ['ERR_HTTP2_GOAWAY_SESSION', 'lost'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'lost'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['UND_ERR_DESTROYED', 'closed'],
  ['UND_ERR_CLOSED', 'closed'],
])
