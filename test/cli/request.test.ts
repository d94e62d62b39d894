import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'

import { describe, expect, test } from 'vitest'

import { run } from '../../src/cli/run.ts'
import { until } from '../testing/until.ts'
import { FakeTerminal, runCli, type Ended, type TerminalOptions } from './fake-terminal.ts'
import { liveCluster, plantedToken } from './live-cluster.ts'

const cluster = liveCluster()

const request = (args: readonly string[], options?: TerminalOptions): Promise<Ended> =>
  runCli(['request', ...args, '--kubeconfig', cluster.withToken], options)

describe('a success is printed', () => {
  test('as the server sent it, and nothing else', async () => {
    const { exitCode, stdout, stderr } = await request(['/version'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^\{"major":"1".*\}\n$/u)
    expect(cluster.server.requests).toMatchObject([
      {
        method: 'GET',
        path: '/version',
        user: 'alice',
        headers: { accept: 'application/json, */*' },
      },
    ])
  })

  test('with status line and headers after -i', async () => {
    const { stdout } = await request(['-i', '/version'])
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\n(?:[\w-]+: .*\n)+\n\{"major"/u)
  })

  test('by its head alone after HEAD', async () => {
    const { exitCode, stdout } = await request(['HEAD', '/version'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\n(?:[\w-]+: .*\n)+\n$/u)
  })

  test('when the path is a URL of the server', async () => {
    expect(await request([`${cluster.server.url}/version`])).toMatchObject({ exitCode: 0 })
  })

  test('decompressed, when the caller did not ask for compression', async () => {
    const body = gzipSync('{"unpacked":true}')
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' }
    cluster.server.respondOnce({ statusCode: 200, headers, body })
    const { stdout } = await request(['/big', '-i'])
    expect(stdout).toMatch(/\n\n\{"unpacked":true\}$/u)
    expect(stdout).not.toMatch(/content-encoding|content-length/iu)
    expect(cluster.server.requests[0]?.headers['accept-encoding']).toBe('gzip')
  })

  test('without compression, when the configuration is against it', async () => {
    await request(['/version', '--disable-compression'])
    expect(cluster.server.requests[0]?.headers['accept-encoding']).toBeUndefined()
  })

  test('with what the server warns of', async () => {
    const headers = { warning: '299 - "soon gone"' }
    cluster.server.respondOnce({ statusCode: 200, headers, body: 'x' })
    expect(await request(['/old'])).toEqual({
      exitCode: 0,
      stdout: 'x',
      stderr: 'Warning: soon gone\n',
    })
  })
})

describe('a body', () => {
  const echo = async (args: readonly string[], options?: TerminalOptions): Promise<unknown> => {
    const { exitCode, stdout, stderr } = await request(args, options)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    return JSON.parse(stdout)
  }

  test('makes the method POST, and JSON is told as such', async () => {
    expect(await echo(['/echo', '-d', '{"a":1}'])).toMatchObject({
      method: 'POST',
      bodyLength: 7,
      headers: { 'content-type': 'application/json', 'content-length': '7' },
    })
  })

  test('has the type that the caller gives it', async () => {
    const args = ['/echo', '-d', '{"a":1}', '-H', 'content-type: application/x']
    expect(await echo(args)).toMatchObject({ headers: { 'content-type': 'application/x' } })
  })

  test('of another kind has no type', async () => {
    const { headers } = Object(await echo(['/echo', '-d', 'a: 1'])) as { headers: object }
    expect(headers).not.toHaveProperty('content-type')
  })

  test('comes from a file', async () => {
    writeFileSync(join(cluster.folder, 'body.json'), '[1,2,3]')
    const args = ['/echo', '-d', '@body.json']
    expect(await echo(args, { cwd: cluster.folder })).toMatchObject({ bodyLength: 7 })
  })

  test('comes from standard input', async () => {
    expect(await echo(['/echo', '-d', '-'], { stdin: '{"from":"stdin"}' })).toMatchObject({
      bodyLength: 16,
      headers: { 'transfer-encoding': 'chunked' },
    })
  })

  test('of a patch has a type that works for every kind of object', async () => {
    const patched = await request([
      'PATCH',
      '/api/v1/namespaces/default',
      '-d',
      '{"metadata":{"labels":{"a":"b"}}}',
    ])
    expect(patched.exitCode).toBe(0)
    expect(patched.stdout).toContain('"labels":{"a":"b"}')
  })

  test('survives a renewal of the credential on the way', async () => {
    await cluster.plugin.behave([
      { credential: { status: { token: 'KUBECRED-PLANTED-SECRET-old' } } },
      { issueFrom: { url: cluster.server.pluginEndpoint } },
    ])
    const args = ['request', '/echo', '-d', '-', '-v=1', '--kubeconfig', cluster.withPlugin]
    const { stdout, stderr } = await runCli(args, { stdin: 'some words' })
    expect(JSON.parse(stdout)).toMatchObject({ bodyLength: 10 })
    expect(stderr).toContain('the server answered 401 to the credential')
    expect(stderr).toContain('sent again with the new credential')
  })
})

describe("standard input is the plugin's, unless the body is there", () => {
  test('a plugin that needs a terminal is told what standard input is used for', async () => {
    const path = await cluster.kubeconfig(
      'interactive',
      cluster.plugin.user({ interactiveMode: 'Always' }),
    )
    const args = ['request', '/echo', '-d', '-', '--kubeconfig', path]
    const { exitCode, stderr } = await runCli(args, { stdin: 'x' })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /^error: getting credentials: exec plugin cannot support interactive mode: standard input is /u,
    )
    expect(await cluster.plugin.runs()).toEqual([])
  })

  test('it is not opened for anything else', async () => {
    const terminal = new FakeTerminal()
    await run(['request', '/version', '--kubeconfig', cluster.withToken], terminal)
    expect(terminal.stdinLooks).toBe(0)
  })
})

describe('headers', () => {
  test('of the caller go along, and win', async () => {
    await request(['/version', '-H', 'X-A: b', '-H', 'Accept: text/plain', '-H', 'X-A: c'])
    expect(cluster.server.requests[0]?.headers).toMatchObject({
      'x-a': 'b, c',
      accept: 'text/plain',
    })
  })

  test('ask the server to act as somebody else', async () => {
    await request(['/version', '--as', 'bob', '--as-group=devs', '--as-group=ops', '--as-uid', '7'])
    expect(cluster.server.requests[0]).toMatchObject({
      user: 'bob',
      headers: { 'impersonate-group': 'devs, ops', 'impersonate-uid': '7' },
    })
  })
})

describe('a refusal is told as kubectl tells it', () => {
  test('on standard error alone', async () => {
    expect(await request(['/api/v1/namespaces/forbidden'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'Error from server (Forbidden): namespaces "forbidden" is forbidden: User "alice" cannot ' +
        'get resource "namespaces" in API group "" in the namespace "forbidden"\n',
    })
  })

  test('with the whole response on standard output after -i', async () => {
    const { exitCode, stdout, stderr } = await request(['-i', '/nothing'])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'Error from server (NotFound): the server could not find the requested resource\n',
    })
    expect(stdout).toMatch(/^HTTP\/1\.1 404 Not Found\n[^]*\n\n404 page not found\n$/u)
  })

  test('with the way to look at a credential that does not count', async () => {
    const path = await cluster.kubeconfig('wrong', { token: 'KUBECRED-PLANTED-SECRET-wrong' })
    expect(await runCli(['request', '/api/v1/namespaces', '--kubeconfig', path])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'error: You must be logged in to the server (Unauthorized)\n' +
        'hint: kubecred credential shows what was presented\n',
    })
  })

  test('with why there is no better credential', async () => {
    await cluster.plugin.behave([
      { credential: { status: { token: 'KUBECRED-PLANTED-SECRET-old' } } },
      { exitCode: 3 },
    ])
    const args = ['request', '/api/v1/namespaces', '--kubeconfig', cluster.withPlugin]
    const { stderr } = await runCli(args)
    expect(stderr).toMatch(
      /^error: You must be .*\ncause: no new credential: exec: executable .* failed with exit code 3\nhint: .*\n$/u,
    )
  })

  test('without reading an answer that has no end', async () => {
    const stop = cluster.server.intercept((_request, respond) => {
      respond.endless({ statusCode: 500 })
      return true
    })
    const { exitCode, stderr } = await request(['/endless'])
    stop()
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Error from server (InternalError)')
    await until(() => cluster.server.openConnections === 0)
  })
})

describe('redirects', () => {
  const redirect = (location: string, statusCode = 302): void => {
    cluster.server.respondOnce({ statusCode, headers: { location } })
  }

  test('are followed on the same server', async () => {
    redirect('/version')
    expect(await request(['/moved'])).toMatchObject({ exitCode: 0 })
    expect(cluster.server.requests.map(({ path }) => path)).toEqual(['/moved', '/version'])
  })

  test('to another server are refused: the credential stays here', async () => {
    redirect('https://127.0.0.2:1/version')
    const { exitCode, stderr } = await request(['/moved'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^error: request to https:\/\/127\.0\.0\.2:1 refused/u)
  })

  test('are not followed with a body', async () => {
    redirect('/version')
    expect(await request(['/moved', '-d', '{}'])).toMatchObject({
      exitCode: 1,
      stderr:
        'Error from server: the server responded with the status code 302 but did not return more information\n',
    })
  })

  test('that go in a circle come to an end', async () => {
    const stop = cluster.server.intercept((_request, respond) => {
      respond.reply({ statusCode: 307, headers: { location: '/round' } })
      return true
    })
    const { exitCode, stderr } = await request(['/round'])
    stop()
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^error: stopped after 10 redirects\nhint: .*\/round\n$/u)
  })
})

describe('-v', () => {
  const ofPlugin = (level: string): Promise<Ended> =>
    runCli(['request', '/version', `-v=${level}`, '--kubeconfig', cluster.withPlugin])

  test('0 tells nothing', async () => {
    expect((await ofPlugin('0')).stderr).toBe('')
  })

  test('1 tells what happens to the credential', async () => {
    const { stderr } = await ofPlugin('1')
    expect(stderr).toMatch(
      /^plugin .* started \(pid \d+, first\)\nplugin .* ended after \d+ ms: ok\n/u,
    )
    expect(stderr).toMatch(/new credential \(token changed, first\) until \d{4}-/u)
    expect(stderr).not.toContain('GET')
  })

  test('6 tells requests, and no secret', async () => {
    const { stderr } = await request(['/version?token=KUBECRED-PLANTED-SECRET-query', '-v=6'])
    expect(stderr).toMatch(
      /GET https:\/\/127\.0\.0\.1:\d+\/version\?token=\S* 200 OK in \d+ milliseconds\n/u,
    )
    expect(stderr).not.toContain('KUBECRED-PLANTED-SECRET')
  })

  test('6 tells requests that fail', async () => {
    const { stderr } = await request(['/version', '-v=6', '--server', 'https://127.0.0.1:1'])
    expect(stderr).toMatch(/GET https:\/\/127\.0\.0\.1:1\/version failed in \d+ milliseconds\n/u)
  })
})

describe('a failure says what, why, and what to do', () => {
  test('when nobody listens', async () => {
    expect(await request(['/version', '--server', 'https://127.0.0.1:1'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'error: The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n' +
        'cause: connect ECONNREFUSED 127.0.0.1:1\n' +
        'hint: nothing listens there: is the cluster up, and the server address right?\n',
    })
  })

  test('when the plugin fails', async () => {
    await cluster.plugin.behave({ exitCode: 1, stdout: 'KUBECRED-PLANTED-SECRET-noise' })
    const args = ['request', '/version', '--kubeconfig', cluster.withPlugin]
    const { exitCode, stdout, stderr } = await runCli(args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(
      /^error: getting credentials: exec: executable .* failed with exit code 1\nhint: .*\n$/u,
    )
  })

  test('when there is no kubeconfig', async () => {
    const { exitCode, stderr } = await runCli(['request', '/version'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/error: invalid configuration: no configuration has been provided/u)
    expect(stderr).toMatch(/hint: .*KUBECONFIG/u)
  })

  test('when the server takes too long', async () => {
    const stop = cluster.server.intercept(() => true)
    const { exitCode, stderr } = await request(['/version', '--request-timeout=100ms'])
    stop()
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      'error: Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)\n' +
        'hint: it took longer than 0.1 s; --request-timeout sets the limit\n',
    )
  })

  test('when the plugin takes too long, and it is stopped', async () => {
    await cluster.plugin.behave({ hang: true })
    const args = ['request', '/version', '--request-timeout=1s', '--kubeconfig', cluster.withPlugin]
    const { exitCode, stderr } = await runCli(args)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /^error: getting credentials: exec plugin ".*" gave no credential in 1 s\nhint: /u,
    )
  })

  test('when the body takes too long', async () => {
    const args = ['/api/v1/namespaces?watch=true', '--request-timeout=300ms']
    const { exitCode, stdout, stderr } = await request(args)
    expect(exitCode).toBe(1)
    expect(stdout).toContain('"type":"ADDED"')
    expect(stderr).toContain('request canceled (Client.Timeout exceeded while reading body)')
  })

  test('when the response breaks off', async () => {
    const stop = cluster.server.intercept((_request, respond) => {
      const out = respond.begin({ statusCode: 200, headers: { 'content-length': '1000' } })
      out.write('half', () => respond.dropConnection())
      return true
    })
    const { exitCode, stdout, stderr } = await request(['/half'])
    stop()
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'half' })
    expect(stderr).toMatch(/^error: unexpected EOF: the response broke off in the middle\n/u)
  })
})

describe('a watch', () => {
  const path = '/api/v1/namespaces?watch=true'

  test('is printed event by event, and ends with Ctrl-C', async () => {
    const terminal = new FakeTerminal()
    const ending = run(['request', path, '--kubeconfig', cluster.withToken], terminal)
    await until(() => terminal.out.includes('kube-system'))
    cluster.server.createNamespace(`watched-${process.pid}`)
    await until(() => terminal.out.includes(`watched-${process.pid}`))
    terminal.signal('SIGINT')
    expect(await ending).toBe(130)
    expect(terminal.err).toBe('')
    expect(terminal.listeners).toBe(0)
    await until(() => cluster.server.openConnections === 0)
  })

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends with %s, too', async (name, exitCode) => {
    const terminal = new FakeTerminal()
    const ending = run(['request', path, '--kubeconfig', cluster.withToken], terminal)
    await until(() => terminal.out.includes('kube-system'))
    terminal.signal(name)
    expect(await ending).toBe(exitCode)
  })

  test('waits for whoever reads it', async () => {
    let written = 0
    let release: (() => void) | undefined
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written += chunk.length
        release = done
      },
    })
    const stop = cluster.server.intercept((_request, respond) => {
      respond.endless({ statusCode: 200 })
      return true
    })
    const terminal = new FakeTerminal({ stdout })
    const ending = run(['request', '/endless', '--kubeconfig', cluster.withToken], terminal)
    await until(() => written > 0)
    const first = written
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(written).toBe(first)
    release?.()
    await until(() => written > first)
    terminal.signal('SIGINT')
    release?.()
    expect(await ending).toBe(130)
    stop()
  })

  test('ends quietly when its reader has gone', async () => {
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      },
    })
    const terminal = new FakeTerminal({ stdout })
    expect(await run(['request', path, '--kubeconfig', cluster.withToken], terminal)).toBe(0)
    expect(terminal.err).toBe('')
  })

  test('ends with an error when it cannot be written', async () => {
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }))
      },
    })
    const terminal = new FakeTerminal({ stdout })
    expect(await run(['request', path, '--kubeconfig', cluster.withToken], terminal)).toBe(1)
    expect(terminal.err).toBe(
      'error: write to standard output: ENOSPC: no space left on device\nhint: is the disk full?\n',
    )
  })
})

test('whoever asks twice to stop is heard at once', async () => {
  await cluster.plugin.behave({ hang: true })
  const terminal = new FakeTerminal()
  const ending = run(['request', '/version', '--kubeconfig', cluster.withPlugin], terminal)
  await until(async () => (await cluster.plugin.runs()).length === 1)
  terminal.signal('SIGINT')
  terminal.signal('SIGINT')
  expect(terminal.exits).toEqual([130])
  expect(await ending).toBe(130)
})

test('a wait for standard input ends with Ctrl-C', async () => {
  const terminal = new FakeTerminal({ stdin: new Readable({ read: () => undefined }) })
  const args = ['request', '/echo', '-d', '-', '--kubeconfig', cluster.withToken]
  const ending = run(args, terminal)
  await until(() => terminal.stdinLooks === 1)
  terminal.signal('SIGINT')
  expect(await ending).toBe(130)
  expect([terminal.err, terminal.exits]).toEqual(['', []])
})

test('no secret is printed by any of it', async () => {
  const all = await Promise.all([
    request(['/version', '-v=9']),
    request(['/nothing', '-i', '-v=9']),
    runCli(['request', '/version', '-v=9', '--kubeconfig', cluster.withPlugin]),
  ])
  const printed = all.map(({ stdout, stderr }) => stdout + stderr).join('')
  expect(printed).not.toContain(plantedToken)
  expect(printed).not.toContain('fake-alice.')
})

test('a kubeconfig that was not found is mentioned', async () => {
  const env = { KUBECONFIG: '/nonexistent/config' }
  const { stderr } = await runCli(['request', '/', '--server', 'https://127.0.0.1:1'], { env })
  expect(stderr).toMatch(/^Warning: Config not found: \/nonexistent\/config\nerror: /u)
})

test('the kubeconfigs of KUBECONFIG are used as kubectl uses them', async () => {
  const env = { KUBECONFIG: `/nonexistent/config:${cluster.withToken}` }
  expect(await runCli(['request', '/version'], { env })).toMatchObject({ exitCode: 0 })
})
