import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { run } from '../../src/cli/run.ts'
import { besideKubectl, hasKubectl, kubectl, kubectlPath } from '../kubeconfig/kubectl.ts'
import { until } from '../testing/until.ts'
import { FakeTerminal, runCli } from './fake-terminal.ts'
import { liveCluster } from './live-cluster.ts'

const cluster = liveCluster()

const status = (code: number, fields: object): object => ({
  statusCode: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, ...fields },
})
const text_ = (statusCode: number): object => ({ statusCode, body: 'plain words\nin two lines\n' })
const causes = [
  { reason: 'FieldValueInvalid', message: 'Invalid value', field: 'spec.a' },
  { reason: 'FieldValueInvalid', message: 'Bad', field: 'spec.b' },
]

const answers: Readonly<Record<string, object>> = {
  '/status-200': { statusCode: 200, body: { kind: 'Status', apiVersion: 'v1', status: 'Success' } },
  '/no-message': status(403, { reason: 'Forbidden', message: '' }),
  '/no-reason': status(418, { message: 'teapot' }),
  '/causes': status(422, {
    reason: 'Invalid',
    message: 'm',
    details: { kind: 'Foo', name: 'x', causes },
  }),
  '/cause': status(422, {
    reason: 'Invalid',
    message: 'm',
    details: { kind: 'Foo', name: 'x', causes: causes.slice(0, 1) },
  }),
  '/conflict': status(409, { reason: 'Conflict', message: 'changed' }),
  '/unauthorized': status(401, { reason: 'Unauthorized', message: 'Unauthorized' }),
  '/empty-404': { statusCode: 404 },
  '/json-500': { statusCode: 500, body: { a: 1 } },
  '/moved': { statusCode: 302, headers: { location: '/version' } },
  '/warning': { statusCode: 200, headers: { warning: '299 - "old", 299 - "older"' }, body: 'x' },
  ...Object.fromEntries(
    [400, 401, 403, 404, 405, 406, 409, 415, 418, 429, 500, 503, 504].map((code) => [
      `/text-${code}`,
      text_(code),
    ]),
  ),
}

beforeAll(() => {
  cluster.server.intercept(({ path }, respond) => {
    const answer = answers[path.split('?')[0] ?? '']
    if (answer === undefined) return false
    respond.reply({ statusCode: 0, ...answer })
    return true
  })
})

describe.skipIf(!hasKubectl)(besideKubectl('request prints what kubectl get --raw prints'), () => {
  test.each(['/version', '/nothing', '/api/v1/namespaces/forbidden', ...Object.keys(answers)])(
    '%s',
    async (path) => {
      const theirs = await kubectl(['--kubeconfig', cluster.withToken, 'get', '--raw', path])
      const ours = await runCli(['request', path, '--kubeconfig', cluster.withToken])
      expect(ours.exitCode).toBe(theirs.ok ? 0 : 1)
      expect(ours.stdout).toBe(theirs.stdout)
      // Where we know what to do about it, that follows.
      expect(ours.stderr.replace(/^hint: .*\n$/mu, '')).toBe(theirs.stderr)
    },
  )
})

describe.skipIf(!hasKubectl)(besideKubectl('proxy answers as kubectl proxy answers'), () => {
  let theirPort = 0
  let ourPort = 0
  const ends: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    const args = ['--kubeconfig', cluster.withToken, 'proxy', '--port=0']
    const child = spawn(kubectlPath ?? '', args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let theirs = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (theirs += chunk))
    const terminal = new FakeTerminal()
    const ended = run(['proxy', '--port=0', '--kubeconfig', cluster.withToken], terminal)
    ends.push(
      () => {
        child.kill()
        return once(child, 'close')
      },
      () => {
        terminal.signal('SIGTERM')
        return ended
      },
    )
    const form = /^Starting to serve on 127\.0\.0\.1:(\d+)\n$/u
    await until(() => theirs.includes('\n') && terminal.out.includes('\n'))
    theirPort = Number(form.exec(theirs)?.[1])
    ourPort = Number(form.exec(terminal.out)?.[1])
  })
  afterAll(async () => {
    for (const end of ends) await end()
  })

  const cases: readonly {
    readonly what: string
    readonly path: string
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
  }[] = [
    { what: 'a request', path: '/version?x=y' },
    { what: 'a request for another host', path: '/version', headers: { host: 'evil.example' } },
    { what: 'a request for this host by name', path: '/version', headers: { host: 'localhost:1' } },
    { what: 'exec', path: '/api/v1/namespaces/x/pods/y/exec' },
    { what: 'exec in disguise', path: '/api/v1/namespaces/x%2Fy/pods/y/%65xec' },
    { what: 'attach', path: '/api/v1/namespaces/x/pods/y/attach?a=b', method: 'POST' },
    { what: 'a path with dots', path: '/api/../version?a=b' },
    { what: 'a path with two slashes', path: '//version' },
    { what: 'a refusal of the server', path: '/nothing' },
    { what: 'a failure of the server', path: '/text-500' },
    { what: 'a HEAD', path: '/version', method: 'HEAD' },
    {
      what: 'an authorization of the sender',
      path: '/version',
      headers: { authorization: 'Bearer no' },
    },
    {
      what: 'a header of the connection',
      path: '/version',
      headers: { connection: 'x-own', 'x-own': 'a', 'x-kept': 'b', 'x-forwarded-for': '1.2.3.4' },
    },
  ]

  test.each(cases)('$what', async ({ path, method = 'GET', headers = {} }) => {
    const ask = async (port: number): Promise<object> => {
      cluster.server.clearRequests()
      const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false })
      request.end()
      const [response]: IncomingMessage[] = await once(request, 'response')
      if (response === undefined) throw new Error('no response')
      const { statusCode, headers: got } = response
      const body = await text(response)
      const seen = cluster.server.requests.map((each) => ({
        method: each.method,
        path: each.path,
        user: each.user,
        own: each.headers['x-own'],
        kept: each.headers['x-kept'],
        from: each.headers['x-forwarded-for'],
      }))
      // Go writes a link into the body of a redirect; nobody reads it.
      const shown = statusCode === 301 ? '' : body
      const { location, 'content-type': type } = got
      return { statusCode, body: shown, type: statusCode === 301 ? '' : type, location, seen }
    }
    expect(await ask(ourPort)).toEqual({ ...(await ask(theirPort)) })
  })
})
