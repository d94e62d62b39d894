import type { JsonObject } from '../../../src/api/json.ts'
import { difference } from '../../differences.ts'
import type { Case, Differs } from '../case.ts'
import { always, inTurn, refusal } from './server-scripts.ts'

const withoutField: Differs = {
  because: difference('cause-without-field'),
  in: ['error'],
  ours: { error: 'The request is invalid: some words' },
}

function statuses(): Case[] {
  const kinds: readonly (readonly [code: number, reason: string, fails?: string])[] = [
    [400, 'BadRequest'],
    [401, 'Unauthorized', 'You must be logged in to the server (because)'],
    [403, 'Forbidden'],
    [404, 'NotFound'],
    [405, 'MethodNotAllowed'],
    [406, 'NotAcceptable'],
    [409, 'Conflict'],
    [410, 'Gone'],
    [415, 'UnsupportedMediaType'],
    [422, 'Invalid', 'The request is invalid: because'],
    [429, 'TooManyRequests'],
    [500, 'InternalError'],
    [503, 'ServiceUnavailable'],
    [504, 'Timeout'],
  ]
  return kinds.map(([code, reason, fails]) => {
    const body: JsonObject = { ...refusal, message: 'because', reason, code }
    return {
      name: `${code} with a status`,
      server: always({ statusCode: code, body }),
      fails: fails ?? `Error from server (${reason}): because`,
    }
  })
}

function plain(): Case[] {
  const codes = [400, 403, 404, 405, 406, 409, 410, 415, 418, 422, 429, 500, 502, 503, 504]
  return [
    ...codes.map((statusCode) => ({
      name: `${statusCode} with a text`,
      server: always({ statusCode, body: 'some words\n' }),
      fails: statusCode === 422 ? 'The request is invalid' : 'Error from server',
      ...(statusCode === 422 ? { differs: withoutField } : {}),
    })),
    {
      name: '500 with a page',
      server: always({
        statusCode: 500,
        headers: { 'content-type': 'text/html' },
        body: '<html><body>no</body></html>',
      }),
      fails: 'Error from server (InternalError)',
    },
    {
      name: '403 without a body',
      server: always({ statusCode: 403 }),
      fails: 'Error from server (Forbidden)',
    },
    {
      name: '403 with JSON that is no status',
      server: always({ statusCode: 403, body: { kind: 'Other', message: 'no' } }),
      fails: 'Error from server (Forbidden)',
    },
    {
      name: '422 with causes',
      server: always({
        statusCode: 422,
        body: {
          ...refusal,
          message: 'Pod "x" is invalid',
          reason: 'Invalid',
          code: 422,
          details: {
            name: 'x',
            kind: 'Pod',
            causes: [
              { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.a' },
              { reason: 'FieldValueInvalid', message: 'Invalid value', field: 'spec.b' },
            ],
          },
        },
      }),
      fails: 'The Pod "x" is invalid',
    },
  ]
}

function later(): Case[] {
  const retryAfter = { 'retry-after': '1' }
  return [
    ...[429, 500, 503].map((statusCode) => ({
      name: `${statusCode} with Retry-After, then the answer`,
      server: inTurn({ statusCode, headers: retryAfter, body: 'later' }),
    })),
    {
      name: '429 with Retry-After, twice, then a refusal',
      server: inTurn(
        { statusCode: 429, headers: retryAfter },
        { statusCode: 429, headers: retryAfter },
        { statusCode: 403, body: 'no' },
      ),
      fails: 'Error from server (Forbidden): no',
    },
    {
      name: '404 with Retry-After, which is no reason to try again',
      server: always({ statusCode: 404, headers: retryAfter, body: 'no' }),
      fails: 'Error from server (NotFound): the server could not find the requested resource',
    },
    {
      name: '429 with a Retry-After that is a date',
      server: always({
        statusCode: 429,
        headers: { 'retry-after': 'Wed, 21 Oct 2999 07:28:00 GMT' },
        body: 'later',
      }),
      fails: 'Error from server (TooManyRequests)',
    },
  ]
}

/** Answers that refuse, with a status and without one, and those that say to come back. */
export const refusalCases: readonly Case[] = [...statuses(), ...plain(), ...later()]
