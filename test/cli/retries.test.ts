import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, describe, expect, test } from 'vitest'

import { run } from '../../src/cli/run.ts'
import { createFakeClock, type LoggedRequest, type Responder } from '../../src/doors/testing.ts'
import { difference } from '../differences.ts'
import { besideKubectl, hasKubectl, kubectl } from '../kubeconfig/kubectl.ts'
import { until } from '../testing/until.ts'
import { FakeTerminal, runCli } from './fake-terminal.ts'
import { liveCluster } from './live-cluster.ts'

const cluster = liveCluster()

/** What the server does to a request. */
type Step = (respond: Responder) => void

const answer =
  (statusCode: number, retryAfter?: string): Step =>
  (respond) => {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
    // Not before the request has come as a whole, so that all of it can be compared.
    void respond.readBody().then(() => {
      respond.reply({ statusCode, headers, body: 'busy' })
    })
  }
const times = (count: number, step: Step): readonly Step[] =>
  Array.from({ length: count }, () => step)
const reset: Step = (respond) => {
  respond.dropConnection('reset')
}
const end: Step = (respond) => {
  respond.dropConnection('end')
}
const breakOff: Step = (respond) => {
  const body = respond.begin({ statusCode: 200, headers: { 'content-length': '100' } })
  body.write('half', () => {
    respond.dropConnection('end')
  })
}

let stopScript = (): void => undefined

afterEach(() => {
  stopScript()
})

/** Has the server go through the steps, for the requests to a path; after them it serves. */
function play(path: string, steps: readonly Step[]): void {
  stopScript()
  cluster.server.clearRequests()
  const left = [...steps]
  stopScript = cluster.server.intercept((request, respond) => {
    if (!request.path.startsWith(path)) return false
    const step = left.shift()
    step?.(respond)
    return step !== undefined
  })
}

type Seen = Pick<LoggedRequest, 'method' | 'statusCode' | 'bodySha256'>

/** The requests to a path, as the server saw them. */
function seen(path: string): readonly Seen[] {
  return cluster.server.requests
    .filter((request) => request.path.startsWith(path))
    .map(({ method, statusCode, bodySha256 }) => ({ method, statusCode, bodySha256 }))
}

function withoutBodies(requests: readonly Seen[]): readonly Partial<Seen>[] {
  return requests.map(({ method, statusCode }) => ({ method, statusCode }))
}

function bodiesIn(requests: readonly Seen[]): number {
  return new Set(requests.map(({ bodySha256 }) => bodySha256)).size
}

interface Compared {
  readonly path: string
  readonly steps: readonly Step[]
  readonly theirs: readonly string[]
  readonly ours: readonly string[]
}

/** What either sends, and whether it succeeds. */
async function compare({ path, steps, theirs, ours }: Compared) {
  const flags = ['--kubeconfig', cluster.withToken]
  play(path, steps)
  const kubectlRun = await kubectl([...flags, ...theirs])
  const original = { ok: kubectlRun.ok, requests: seen(path) }
  play(path, steps)
  const ourRun = await runCli([...ours, ...flags])
  return { original, kubecred: { ok: ourRun.exitCode === 0, requests: seen(path) } }
}

const rawGet = (steps: readonly Step[]): Compared => ({
  path: '/version',
  steps,
  theirs: ['get', '--raw', '/version'],
  ours: ['request', '/version'],
})
const get = (steps: readonly Step[]): Compared => ({
  ...rawGet(steps),
  theirs: ['version', '-o', 'json'],
})
const post = (steps: readonly Step[]): Compared => ({
  path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
  steps,
  theirs: ['auth', 'whoami'],
  ours: ['whoami'],
})

const answers: Readonly<Record<string, readonly Step[]>> = {
  '429 with 0': [answer(429, '0')],
  '429 with 1': [answer(429, '1')],
  '429 without': [answer(429)],
  '429 with nothing': [answer(429, '')],
  '429 with words': [answer(429, 'soon')],
  '429 with a fraction': [answer(429, '0.5')],
  '429 with a sign': [answer(429, '+0')],
  '429 with less than zero': [answer(429, '-1')],
  '429 with far less than zero': [answer(429, '-99999999999999999999')],
  '429 with a date': [answer(429, 'Wed, 21 Oct 2015 07:28:00 GMT')],
  '503 with 0': [answer(503, '0')],
  '503 without': [answer(503)],
  '500 with 0': [answer(500, '0')],
  '500 without': [answer(500)],
  '599 with 0': [answer(599, '0')],
  '403 with 0': [answer(403, '0')],
  '409 with 0': [answer(409, '0')],
  '425 with 0': [answer(425, '0')],
  'three times, then 200': [answer(429, '0'), answer(503, '0'), answer(500, '0')],
  'ten times, then 200': times(10, answer(429, '0')),
  'eleven times': times(11, answer(429, '0')),
  'twelve times': times(12, answer(503, '0')),
  'at last one without': [answer(429, '0'), answer(429)],
}

describe.skipIf(!hasKubectl)(besideKubectl('kubectl sends the same'), () => {
  test.each(Object.entries(answers))('GET: %s', async (_name, steps) => {
    const { original, kubecred } = await compare(rawGet(steps))
    expect(kubecred).toEqual(original)
  })

  test.each(Object.entries(answers))('POST with a body: %s', async (_name, steps) => {
    const { original, kubecred } = await compare(post(steps))
    // The bodies are not the same, but each of either's is.
    expect(withoutBodies(kubecred.requests)).toEqual(withoutBodies(original.requests))
    expect(bodiesIn(kubecred.requests)).toBe(1)
    expect(bodiesIn(original.requests)).toBe(1)
    expect(kubecred.ok).toBe(original.ok)
  })

  test.each([
    ['is reset', [reset]],
    ['is closed', [end]],
    ['is reset, then the server is busy', [reset, answer(503, '0')]],
    ['is reset after it served for another', [answer(503, '0'), reset]],
    ['breaks off after the head', [breakOff]],
  ])('GET whose connection %s', async (_name, steps) => {
    const { original, kubecred } = await compare(get(steps))
    expect(kubecred.requests).toEqual(original.requests)
  })

  test.each([
    ['is reset', [reset]],
    ['is closed', [end]],
  ])('POST whose connection %s', async (_name, steps) => {
    const { original, kubecred } = await compare(post(steps))
    expect(kubecred.requests).toHaveLength(1)
    expect(original.requests).toHaveLength(1)
    expect(kubecred.ok).toBe(original.ok)
  })

  test(difference('retries-raw-get').ours, async () => {
    const { original, kubecred } = await compare(rawGet([reset]))
    expect(original.requests).toHaveLength(1)
    expect(kubecred.requests).toHaveLength(2)
    expect(kubecred.ok).toBe(true)
  })

  test(difference('retries-bodies').ours, async () => {
    const file = join(cluster.folder, 'body.json')
    writeFileSync(file, '{}')
    const { original, kubecred } = await compare({
      path: '/echo',
      steps: [answer(429, '0')],
      theirs: ['create', '--raw', '/echo', '-f', file],
      ours: ['request', '/echo', '-d', `@${file}`],
    })
    expect(original).toMatchObject({ ok: false, requests: [{ statusCode: 429 }] })
    expect(kubecred).toMatchObject({ ok: true, requests: [{ statusCode: 429 }, {}] })
  })

  test(difference('retries-longest-wait').ours, async () => {
    const { theirs, ours, ...rest } = get([answer(429, '61')])
    const limit = '--request-timeout=1s'
    play(rest.path, rest.steps)
    const kubectlRun = await kubectl(['--kubeconfig', cluster.withToken, ...theirs, limit])
    expect(kubectlRun.stderr).toContain('context deadline exceeded')
    play(rest.path, rest.steps)
    const ourRun = await runCli([...ours, '--kubeconfig', cluster.withToken, limit])
    expect(ourRun.stderr).toContain('(TooManyRequests)')
    expect(seen(rest.path)).toHaveLength(1)
  })

  test(difference('retries-in-time').ours, async () => {
    const limit = '--request-timeout=1s'
    const { theirs, ours, path, steps } = rawGet([answer(429, '3')])
    play(path, steps)
    const kubectlRun = await kubectl(['--kubeconfig', cluster.withToken, ...theirs, limit])
    expect(kubectlRun.ok).toBe(true)
    expect(seen(path)).toHaveLength(2)
    play(path, steps)
    const ourRun = await runCli([...ours, '--kubeconfig', cluster.withToken, limit])
    expect(ourRun.stderr).toContain('Client.Timeout exceeded while awaiting headers')
    expect(seen(path)).toHaveLength(1)
  })
})

describe('retries', () => {
  const flags = (): readonly string[] => ['--kubeconfig', cluster.withToken]

  test('are as many as --retries says', async () => {
    for (const command of [['request', '/version'], ['whoami']]) {
      for (const [count, sent] of [
        [0, 1],
        [2, 3],
      ]) {
        play('/', times(20, answer(429, '0')))
        const { exitCode } = await runCli([...command, ...flags(), `--retries=${count}`])
        expect(exitCode).toBe(1)
        expect(seen('/')).toHaveLength(sent ?? 0)
      }
    }
  })

  test('refuse a count that is none', async () => {
    const { exitCode, stderr } = await runCli(['request', '/version', ...flags(), '--retries=x'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('invalid argument "x" for "--retries" flag')
  })

  test('are told from -v=4 on', async () => {
    play('/version', [reset, answer(429, '0')])
    const told = await runCli(['request', '/version', ...flags(), '-v=4'])
    const { url } = cluster.server
    expect(told.stderr.split('\n').slice(1)).toEqual([
      `The connection was lost (ECONNRESET): GET request to ${url} is sent again in 1 s (attempt 1)`,
      `Got a Retry-After response (429): GET request to ${url} is sent again in 0 s (attempt 2)`,
      '',
    ])
    play('/version', [answer(429, '0')])
    const quiet = await runCli(['request', '/version', ...flags(), '-v=3'])
    expect(quiet.stderr).not.toContain('sent again')
  })

  test('end at once with Ctrl-C', async () => {
    play('/version', [answer(429, '30')])
    const terminal = new FakeTerminal({ clock: createFakeClock() })
    const ended = run(['request', '/version', ...flags()], terminal)
    await until(() => seen('/version').length === 1)
    await until(() => cluster.server.requests.at(-1)?.statusCode === 429)
    terminal.signal('SIGINT')
    expect(await ended).toBe(130)
  })

  test('are not for the proxy, whose client decides', async () => {
    play('/version', [answer(429, '0')])
    const terminal = new FakeTerminal()
    const ended = run(['proxy', '--port=0', ...flags()], terminal)
    await until(() => terminal.out.includes('\n'))
    const port = /:(\d+)\n/u.exec(terminal.out)?.[1] ?? ''
    const response = await fetch(`http://127.0.0.1:${port}/version`)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('0')
    await response.text()
    expect(seen('/version')).toHaveLength(1)
    terminal.signal('SIGTERM')
    await ended
  })
})
