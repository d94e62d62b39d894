import { gzipSync } from 'node:zlib'

import { expect } from 'vitest'

import { difference } from '../../differences.ts'
import type { Case, Deviation } from '../case.ts'
import { always, refusal } from './server-scripts.ts'

const everything: Deviation['in'] = ['requests', 'exitCode', 'stdout', 'error']
const text = '{"kind":"Namespace"}'

const paths: readonly Case[] = [
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
]

const bodies: readonly Case[] = [
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
      body: gzipSync(JSON.stringify({ ...refusal, message: 'no', reason: 'Forbidden', code: 403 })),
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
      in: ['requests', 'error'],
      ours: { error: expect.stringMatching(/ closed the connection under the request$/u) },
    },
  },
]

/** What is asked for, and what comes back. */
export const responseCases: readonly Case[] = [...paths, ...bodies]
