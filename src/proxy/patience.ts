/** How far a request has come whose client has gone. */
export interface AbandonedRequest {
  /** Whether all of it, body included, is on its way to the server. */
  readonly isSent: boolean
  /** Whether its answer is expected to stay open. */
  readonly endless: boolean
  /** Whether the answer has begun. */
  readonly isAnswered: boolean
  /** Whether the client has all of it: over HTTP/2 the server says once more that this is the end. */
  readonly isComplete: boolean
  /** Bytes of the answer, -1 when they are not known. */
  readonly length: number
}

const shortAnswer = 64 * 1024
const untilHeadMs = 100
const untilEndMs = 1000

/**
 * How long to wait for the end of an answer that nobody wants any more, milliseconds; 0 to give it up
 * now. Over HTTP/1.1 giving up costs the connection, and a new one costs both ends more than most
 * answers; over HTTP/2 servers count it, and some close the connection in the end. So what does not take
 * long is read to its end.
 */
export function patienceWith({
  isSent,
  endless,
  isAnswered,
  isComplete,
  length,
}: AbandonedRequest): number {
  if (isComplete) return untilEndMs
  if (endless || !isSent) return 0
  if (length === -1) return isAnswered ? 0 : untilHeadMs
  return length <= shortAnswer ? untilEndMs : 0
}
