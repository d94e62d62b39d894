import { elementsOf, membersOf, parseJson, textOf } from './json-shape.ts'

/** A response that says no. */
export interface RefusingResponse {
  readonly method: string
  readonly statusCode: number
  /** '' when the server did not say. */
  readonly contentType: string
  /** The body, or its beginning. */
  readonly body: string
}

/** What a server says about a failure: the part of a Kubernetes `Status` that people see. */
export interface ServerStatus {
  readonly reason: string
  readonly message: string
  /** `Kind "name"` of the object at fault, '' when not given. */
  readonly subject: string
  readonly causes: readonly { readonly field: string; readonly message: string }[]
}

/** The Status in the response; for any other response one with client-go's words for its code. */
export function statusOf(response: RefusingResponse): ServerStatus {
  const object = membersOf(parseJson(response.body))
  if (object['kind'] !== 'Status') return genericStatus(response)
  const details = membersOf(object['details'])
  return {
    reason: textOf(object['reason']),
    message: textOf(object['message']),
    subject: subjectOf(textOf(details['kind']), textOf(details['name'])),
    causes: elementsOf(details['causes']).map((cause) => {
      const { field, message } = membersOf(cause)
      return { field: textOf(field), message: textOf(message) }
    }),
  }
}

function subjectOf(kind: string, name: string): string {
  return kind === '' && name === '' ? '' : `${kind} ${JSON.stringify(name)}`
}

function genericStatus(response: RefusingResponse): ServerStatus {
  const { statusCode, method } = response
  const words = wordsOf(response)
  const [reason, message] =
    statusCode === 409 && method === 'POST'
      ? ['AlreadyExists', 'the server reported a conflict']
      : (known(words).get(statusCode) ?? unknown(statusCode, words))
  // The causes of a 422 stand for its message.
  const causes = reason === 'Invalid' ? [{ field: '', message: words }] : []
  return { reason, message, subject: '', causes }
}

/** What the server wrote, if it wrote for people; '' when it wrote nothing. */
function wordsOf({ contentType, body }: RefusingResponse): string {
  const isText = contentType === '' || contentType.toLowerCase().startsWith('text/')
  if (!isText) return 'unknown'
  // No byte has more than one character: what is cut off here is not needed for those that stay.
  const beginning = Buffer.from(body.slice(0, longestWords)).subarray(0, longestWords)
  return beginning.toString('utf8').trim()
}

// client-go's: bytes of what is no Status, a page that something before the server has made for people say.
const longestWords = 2048

function known(words: string): ReadonlyMap<number, readonly [reason: string, message: string]> {
  return new Map([
    [400, ['BadRequest', 'the server rejected our request for an unknown reason']],
    [401, ['Unauthorized', 'the server has asked for the client to provide credentials']],
    [403, ['Forbidden', words]],
    [404, ['NotFound', 'the server could not find the requested resource']],
    [405, ['MethodNotAllowed', 'the server does not allow this method on the requested resource']],
    [406, ['NotAcceptable', words]],
    [409, ['Conflict', 'the server reported a conflict']],
    [415, ['UnsupportedMediaType', words]],
    [422, ['Invalid', 'the server rejected our request due to an error in our request']],
    [
      429,
      [
        'TooManyRequests',
        'the server has received too many requests and has asked us to try again later',
      ],
    ],
    [503, ['ServiceUnavailable', 'the server is currently unable to handle the request']],
    [
      504,
      [
        'Timeout',
        'the server was unable to return a response in the time allotted, but may still be ' +
          'processing the request',
      ],
    ],
  ])
}

function unknown(code: number, words: string): readonly [reason: string, message: string] {
  if (code >= 500) {
    const message = `an error on the server (${JSON.stringify(words)}) has prevented the request from succeeding`
    return ['InternalError', message]
  }
  return [
    '',
    `the server responded with the status code ${code} but did not return more information`,
  ]
}
