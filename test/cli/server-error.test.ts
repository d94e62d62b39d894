import { expect, test } from 'vitest'

import { serverErrorText } from '../../src/cli/server-error.ts'

interface Answer {
  readonly statusCode: number
  readonly method?: string
  readonly contentType?: string
  readonly body: string | object
}

const status = (fields: object): object => ({ kind: 'Status', apiVersion: 'v1', ...fields })
const causes = [
  { field: 'spec.a', message: 'Invalid value' },
  { field: 'spec.b', message: 'Bad' },
]

// The words were compared with those of kubectl 1.33.
test.each<readonly [what: string, answer: Answer, text: string]>([
  [
    'a Status with a reason',
    { statusCode: 403, body: status({ reason: 'Forbidden', message: 'no' }) },
    'Error from server (Forbidden): no',
  ],
  [
    'a Status without a message',
    { statusCode: 403, body: status({ reason: 'Forbidden' }) },
    'Error from server (Forbidden): ',
  ],
  [
    'a Status without a reason',
    { statusCode: 418, body: status({ message: 'teapot' }) },
    'Error from server: teapot',
  ],
  [
    'a 401 with a Status',
    { statusCode: 401, body: status({ reason: 'Unauthorized', message: 'Unauthorized' }) },
    'error: You must be logged in to the server (Unauthorized)',
  ],
  [
    'a 401 without a Status',
    { statusCode: 401, body: 'nope' },
    'error: You must be logged in to the server (the server has asked for the client to provide credentials)',
  ],
  [
    'an invalid object with several causes',
    {
      statusCode: 422,
      body: status({
        reason: 'Invalid',
        message: 'm',
        details: { kind: 'Foo', name: 'x', causes },
      }),
    },
    'The Foo "x" is invalid: \n* spec.a: Invalid value\n* spec.b: Bad',
  ],
  [
    'an invalid object with the same cause twice',
    {
      statusCode: 422,
      body: status({
        reason: 'Invalid',
        details: { kind: 'Foo', name: 'x', causes: [causes[0], causes[0]] },
      }),
    },
    'The Foo "x" is invalid: spec.a: Invalid value',
  ],
  [
    'an invalid object without causes',
    { statusCode: 422, body: status({ reason: 'Invalid', details: { kind: 'Foo', name: 'x' } }) },
    'The Foo "x" is invalid',
  ],
  [
    'an invalid request without details',
    { statusCode: 422, body: status({ reason: 'Invalid', message: 'm', details: null }) },
    'The request is invalid: m',
  ],
  ['a 422 in plain words', { statusCode: 422, body: 'why' }, 'The request is invalid: why'],
  [
    'a 500 in plain words',
    { statusCode: 500, body: 'boom\nagain\n' },
    String.raw`Error from server (InternalError): an error on the server ("boom\nagain") has prevented the request from succeeding`,
  ],
  [
    'a 500 of JSON that is no Status',
    { statusCode: 500, body: { a: 1 } },
    'Error from server (InternalError): an error on the server ("unknown") has prevented the request from succeeding',
  ],
  [
    'a Status that is cut off',
    { statusCode: 500, contentType: 'application/json', body: '{"kind":"Status","mess' },
    'Error from server (InternalError): an error on the server ("unknown") has prevented the request from succeeding',
  ],
  ['a 403 in plain words', { statusCode: 403, body: 'why' }, 'Error from server (Forbidden): why'],
  [
    'an empty 404',
    { statusCode: 404, contentType: '', body: '' },
    'Error from server (NotFound): the server could not find the requested resource',
  ],
  [
    'a 409 of a POST',
    { statusCode: 409, method: 'POST', body: 'x' },
    'Error from server (AlreadyExists): the server reported a conflict',
  ],
  [
    'a 409 of a PUT',
    { statusCode: 409, method: 'PUT', body: 'x' },
    'Error from server (Conflict): the server reported a conflict',
  ],
  [
    'a 429',
    { statusCode: 429, body: 'x' },
    'Error from server (TooManyRequests): the server has received too many requests and has asked us to try again later',
  ],
  [
    'a 503',
    { statusCode: 503, body: 'x' },
    'Error from server (ServiceUnavailable): the server is currently unable to handle the request',
  ],
  [
    'a code without words',
    { statusCode: 418, body: 'x' },
    'Error from server: the server responded with the status code 418 but did not return more information',
  ],
  [
    'words that would move the cursor',
    { statusCode: 403, body: 'a\u001b[2Jb' },
    'Error from server (Forbidden): a\uFFFD[2Jb',
  ],
])('%s', (_what, { statusCode, method = 'GET', contentType, body }, text) => {
  const isText = typeof body === 'string'
  expect(
    serverErrorText({
      method,
      statusCode,
      contentType: contentType ?? (isText ? 'text/plain; charset=utf-8' : 'application/json'),
      body: isText ? body : JSON.stringify(body),
    }),
  ).toBe(text)
})
