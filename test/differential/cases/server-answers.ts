import { gzipSync } from 'node:zlib'

import { expect } from 'vitest'

import type { JsonObject } from '../../../src/api/json.ts'
import type { ScriptedReply } from '../../../src/testing/exchange.ts'
import { difference } from '../../differences.ts'
import type { Case, Deviation, Differs } from '../case.ts'
import type { Stage } from '../stage.ts'

const unauthorized = 'You must be logged in to the server (Unauthorized)'
const refusal = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' }

const withoutField: Differs = {
  because: difference('cause-without-field'),
  in: ['error'],
  ours: { error: 'The request is invalid: some words' },
}

const everything: Deviation['in'] = ['requests', 'exitCode', 'stdout', 'error']

/** What the server answers. */
export const serverAnswerCases: readonly Case[] = [
  { name: 'an object', path: '/api/v1/namespaces/kube-system' },
  { name: 'a list', path: '/api/v1/namespaces' },
  { name: 'a query', path: '/api/v1/namespaces?labelSelector=a%3Db&limit=5' },
  {
    name: 'a query that is not in order',
    path: '/api/v1/namespaces?limit=5&labelSelector=a%3Db',
    differs: { because: difference('path-as-written'), in: ['requests'] },
  },
  {
    name: 'a path that is escaped',
    path: '/api/v1/namespaces/a%2Fb',
    fails: 'Error from server (NotFound)',
    loosely: true,
    differs: { because: difference('path-as-written'), in: ['requests'] },
  },
  {
    name: 'a path with a slash at its end',
    path: '/api/v1/namespaces/default/',
    fails: 'Error from server (NotFound): the server could not find the requested resource',
  },
  {
    name: 'a path with slashes in a row',
    path: '/api//v1/namespaces',
    differs: { because: difference('path-as-written'), in: everything },
    older: [{ before: 36, in: [], because: 'it sent the path as it is written' }],
  },
  {
    name: 'a path with dots',
    path: '/api/v1/../v1/namespaces',
    older: [{ before: 36, in: everything, because: 'it sent the path as it is written' }],
  },
  {
    name: 'a path without a slash before it',
    path: 'api/v1/namespaces',
    fails: '--raw must be a valid URL path: ',
    differs: {
      because: difference('usage-exit-code'),
      in: ['exitCode', 'error'],
      ours: { exitCode: 2, error: 'path must begin with "/": api/v1/namespaces' },
    },
  },
  ...statuses(),
  ...plain(),
  ...unauthorizedAnswers(),
  ...redirects(),
  ...bodies(),
]

/** The same answer to every request. */
function always(reply: ScriptedReply): NonNullable<Case['server']> {
  return () => (_request, respond) => {
    respond.reply(reply)
    return true
  }
}

/** Answers in turn; then the server's own. */
function inTurn(...replies: readonly ScriptedReply[]): NonNullable<Case['server']> {
  return () => {
    const left = [...replies]
    return (_request, respond) => {
      const reply = left.shift()
      if (reply !== undefined) respond.reply(reply)
      return reply !== undefined
    }
  }
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

function unauthorizedAnswers(): Case[] {
  const words = { ...refusal, message: 'Unauthorized', reason: 'Unauthorized', code: 401 }
  const no = { statusCode: 401, body: words }
  return [
    {
      name: '401 always, and a plugin that gives the same again',
      server: always(no),
      fails: unauthorized,
    },
    {
      name: '401 once, and a plugin that gives another token',
      act: 'if [ "$n" = 1 ]; then sed s/of-ann/of-bob/ "$RECORD/reply"; else cat "$RECORD/reply"; fi',
      server: inTurn(no),
      fails: unauthorized,
      differs: {
        because: difference('replays-401'),
        in: ['requests', 'exitCode', 'stdout', 'error'],
        ours: { exitCode: 0, requests: [{ statusCode: 401 }, { statusCode: 200, user: 'ann' }] },
      },
    },
    {
      name: '401 always, and a plugin that always gives another token',
      act: 'sed "s/of-ann/of-$n/" "$RECORD/reply"',
      server: always(no),
      fails: unauthorized,
      differs: {
        because: difference('replays-401'),
        in: ['requests'],
        ours: { requests: [{ statusCode: 401 }, { statusCode: 401 }] },
      },
    },
    {
      name: '401, and a plugin that fails when it is asked again',
      act: 'if [ "$n" = 1 ]; then cat "$RECORD/reply"; else echo "plugin: no more" >&2; exit 1; fi',
      server: always(no),
      fails: unauthorized,
    },
    {
      name: '401 with a challenge',
      server: always({ ...no, headers: { 'www-authenticate': 'Bearer realm="x"' } }),
      fails: unauthorized,
    },
    {
      name: '401 without a body',
      server: always({ statusCode: 401 }),
      fails: 'You must be logged in',
    },
    {
      name: '401 with a text',
      server: always({ statusCode: 401, body: 'no' }),
      fails: 'You must be logged in to the server',
    },
    {
      name: '401 for a certificate',
      status: ({ rita }) => ({
        clientCertificateData: rita.certificatePem,
        clientKeyData: rita.privateKeyPem,
      }),
      server: always(no),
      fails: unauthorized,
    },
    {
      name: '401 for a static token, which no plugin renews',
      user: { token: 'KUBECRED-PLANTED-SECRET-of-ann' },
      server: always(no),
      fails: unauthorized,
    },
    {
      name: '403, which renews nothing',
      server: always({
        statusCode: 403,
        body: { ...refusal, message: 'no', reason: 'Forbidden', code: 403 },
      }),
      fails: 'Error from server (Forbidden): no',
    },
  ]
}

function redirects(): Case[] {
  const target = '/api/v1/namespaces/kube-system'
  const to =
    (statusCode: number, location: (stage: Stage) => string): NonNullable<Case['server']> =>
    (stage) =>
    (request, respond) => {
      if (request.path === target) return false
      respond.reply({ statusCode, headers: { location: location(stage) } })
      return true
    }
  return [
    ...[301, 302, 303, 307, 308].map((code) => ({
      name: `${code} to another path`,
      server: to(code, () => target),
    })),
    {
      name: '302 to the same server by its address',
      server: to(302, ({ server }) => server.url + target),
    },
    {
      name: '302 to another host',
      server: to(302, ({ otherUrl }) => otherUrl + target),
      differs: {
        because: difference('redirect-other-host'),
        in: ['requests', 'exitCode', 'stdout', 'error'],
        ours: { exitCode: 1, requests: [{ server: 'first' }] },
      },
    },
    {
      name: '302 to itself, on and on',
      server: to(302, () => '/api/v1/namespaces/default'),
      fails: 'stopped after 10 redirects',
    },
    {
      name: '302 without a place',
      server: always({ statusCode: 302 }),
      fails: 'Error from server',
    },
    {
      name: '300, which leads nowhere',
      server: always({ statusCode: 300, body: 'choose' }),
      fails: 'Error from server',
    },
    {
      name: '304',
      server: always({ statusCode: 304 }),
      fails: 'Error from server',
      differs: {
        because: difference('not-modified'),
        in: ['exitCode', 'error'],
        ours: { exitCode: 0 },
      },
    },
  ]
}

function bodies(): Case[] {
  const text = '{"kind":"Namespace"}'
  return [
    { name: '200 without a body', server: always({ statusCode: 200 }) },
    { name: '204', server: always({ statusCode: 204 }) },
    { name: '202 with a text', server: always({ statusCode: 202, body: 'accepted' }) },
    {
      name: '200 with a text that does not end in a line end',
      server: always({ statusCode: 200, body: 'ok' }),
    },
    {
      name: 'a body that is compressed',
      server: always({
        statusCode: 200,
        headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
        body: gzipSync(text),
      }),
    },
    {
      name: 'a refusal that is compressed',
      server: always({
        statusCode: 403,
        headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
        body: gzipSync(
          JSON.stringify({ ...refusal, message: 'no', reason: 'Forbidden', code: 403 }),
        ),
      }),
      fails: 'Error from server (Forbidden): no',
    },
    {
      name: 'compression that the kubeconfig does not want',
      cluster: { 'disable-compression': true },
    },
    {
      name: 'a warning',
      server: always({
        statusCode: 200,
        headers: { warning: '299 - "policy/v1beta1 is old"' },
        body: text,
      }),
    },
    {
      name: 'warnings, some of them twice',
      server: always({
        statusCode: 200,
        headers: { warning: '299 - "one", 299 - "two \\"quoted\\"", 299 - "one"' },
        body: text,
      }),
    },
    {
      name: 'a warning of another code',
      server: always({ statusCode: 200, headers: { warning: '199 - "misc"' }, body: text }),
    },
    {
      name: 'a warning that is not one',
      server: always({ statusCode: 200, headers: { warning: 'nonsense' }, body: text }),
    },
    {
      name: 'a warning beside a refusal',
      server: always({
        statusCode: 403,
        headers: { warning: '299 - "mind this"' },
        body: { ...refusal, message: 'no', reason: 'Forbidden', code: 403 },
      }),
      fails: 'Error from server (Forbidden): no',
    },
    {
      name: 'a connection that ends instead of an answer',
      server: () => (_request, respond) => {
        respond.dropConnection('end')
        return true
      },
      fails: '',
      differs: {
        because: difference('lost-connection'),
        in: ['error'],
        ours: { error: expect.stringMatching(/ closed the connection under the request$/u) },
      },
    },
  ]
}
