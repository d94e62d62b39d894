import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'

import { describe, expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import type { ExecCluster, ExecConfig } from '../../src/api/exec-config.ts'
import type { Credential } from '../../src/credential/credential.ts'
import type { ProvideRequest } from '../../src/credential/provider.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { subscribe } from '../../src/events/channels.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import { execProvider, type ExecOptions } from '../../src/exec/provider.ts'
import type { Host } from '../../src/host/host.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { isRunning, pidIn, until } from './processes.ts'
import { isWindows, scratchFolder } from './scratch.ts'

const scratch = scratchFolder()
const token = `${plantedSecret}-token`
const v1 = 'client.authentication.k8s.io/v1'
const { signal: never } = new AbortController()

const host: Host = {
  platform: process.platform,
  env: { PATH: `${scratch.path}:/usr/bin:/bin`, HOME: '/parent/home', LANG: 'C' },
  home: '/parent/home',
  cwd: scratch.path,
  stdinIsTerminal: false,
}

const base: ExecConfig = {
  command: '',
  args: [],
  env: [],
  apiVersion: v1,
  installHint: '',
  provideClusterInfo: false,
  interactiveMode: 'IfAvailable',
}

interface Asked {
  readonly config?: Partial<ExecConfig>
  readonly options?: ExecOptions
  readonly request?: Partial<ProvideRequest>
}

function ask(command: string, { config, options, request }: Asked = {}): Promise<Credential> {
  const settings: ExecOptions = { host, stderr: 'ignore', ...options }
  const provider = execProvider({ ...base, command, ...config }, settings)
  return provider.provide({ reason: 'first', ahead: false, signal: never, ...request })
}

function printing(name: string, status: object, apiVersion: string = v1): string {
  const reply = JSON.stringify({ kind: 'ExecCredential', apiVersion, status })
  const file = scratch.file(`${name}.json`, reply)
  return scratch.sh(name, `cat ${file}`)
}

/** A plugin that writes what it was given into a file, then prints a token. */
function recording(name: string, apiVersion: string = v1): { path: string; seen: () => unknown } {
  const file = join(scratch.path, `${name}.seen`)
  const status = JSON.stringify({ kind: 'ExecCredential', apiVersion, status: { token: 't' } })
  const path = scratch.node(
    name,
    `const fs = require('node:fs')
    fs.writeFileSync(${JSON.stringify(file)}, JSON.stringify({
      argv: process.argv.slice(2), env: Object.entries(process.env), cwd: process.cwd(),
    }))
    process.stdout.write(${JSON.stringify(status)})`,
  )
  return { path, seen: () => JSON.parse(readFileSync(file, 'utf8')) }
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'no failure',
    (error: unknown) => error,
  )
}

const authority = createCertificateAuthority()
const alice = authority.issue({ commonName: 'alice', usage: 'client' })
const bob = authority.issue({ commonName: 'bob', usage: 'client' })

describe.skipIf(isWindows)('execProvider', () => {
  test('gives the token that the plugin printed, with its end', async () => {
    const expirationTimestamp = '2031-01-02T03:04:05Z'
    const credential = await ask(printing('token', { token, expirationTimestamp }))
    expect(credential.token?.reveal()).toBe(token)
    expect(credential.expiresAt).toBe(Date.UTC(2031, 0, 2, 3, 4, 5))
    expect(credential.certificate).toBeUndefined()
  })

  test('gives the certificate that the plugin printed, and ends with it', async () => {
    const status = {
      token,
      clientCertificateData: alice.certificatePem,
      clientKeyData: alice.privateKeyPem,
    }
    const { certificate, expiresAt, authorization } = await ask(printing('pair', status))
    expect(certificate?.subject).toBe('CN=alice')
    expect(expiresAt).toBe(certificate?.notAfter)
    expect(authorization?.reveal()).toBe(`Bearer ${token}`)
  })

  test('finds a bare name in the PATH of this process, not in that of the plugin', async () => {
    printing('in-path', { token })
    const env = [{ name: 'PATH', value: '/usr/bin:/bin' }]
    expect((await ask('in-path', { config: { env } })).token?.reveal()).toBe(token)
    expect((await ask('./in-path', { config: { env } })).token?.reveal()).toBe(token)
  })

  test('finds a program in the folders that only this program knows', async () => {
    printing('far-away', { token })
    const short: Host = { ...host, env: { PATH: '/usr/bin:/bin' } }
    const options = { host: short, searchPath: [scratch.path] }
    expect((await ask('far-away', { options })).token?.reveal()).toBe(token)
  })

  test('gives the plugin its arguments and environment in the order of client-go', async () => {
    const { path, seen } = recording('records')
    await ask(path, {
      config: {
        args: ['--cluster', 'a b'],
        env: [
          { name: 'LANG', value: 'kubeconfig' },
          { name: 'KUBERNETES_EXEC_INFO', value: 'forged' },
        ],
      },
      options: { env: { LANG: 'program', EXTRA: 'program' } },
    })
    expect(seen()).toMatchObject({
      argv: ['--cluster', 'a b'],
      cwd: process.cwd(),
      env: expect.arrayContaining([
        ['HOME', '/parent/home'],
        ['EXTRA', 'program'],
        ['LANG', 'kubeconfig'],
        [
          'KUBERNETES_EXEC_INFO',
          `{"kind":"ExecCredential","apiVersion":"${v1}","spec":{"interactive":false}}\n`,
        ],
      ]),
    })
  })

  test('keeps from the plugin what the program does not want it to inherit', async () => {
    const { path, seen } = recording('poor')
    await ask(path, { options: { inheritEnv: ['PATH'] } })
    expect(JSON.stringify(seen())).not.toContain('/parent/home')
  })

  const cluster: ExecCluster = {
    server: 'https://example.test',
    tlsServerName: '',
    insecureSkipTlsVerify: false,
    certificateAuthorityData: new Uint8Array(),
    proxyUrl: '',
    disableCompression: false,
    config: { audience: 'x' },
  }

  test.each([true, false])('tells about the cluster when asked to: %s', async (wanted) => {
    const { path, seen } = recording(`cluster-${wanted}`)
    await ask(path, { config: { provideClusterInfo: wanted }, options: { cluster } })
    expect(JSON.stringify(seen()).includes('example.test')).toBe(wanted)
  })

  test('tells a plugin of v1alpha1 why its credential was rejected', async () => {
    const apiVersion = 'client.authentication.k8s.io/v1alpha1'
    const { path, seen } = recording('alpha', apiVersion)
    const rejection = { statusCode: 401, headers: { 'audit-id': 'x' } }
    await ask(path, { config: { apiVersion }, request: { reason: 'rejected', rejection } })
    const response = '"response":{"header":{"Audit-Id":["x"]},"code":401}'
    expect(JSON.stringify(seen())).toContain(JSON.stringify(response).slice(1, -1))
  })

  test('looks at this process when it is given no host', async () => {
    const provider = execProvider({ ...base, command: printing('default', { token }) })
    expect(provider).toMatchObject({
      name: `exec plugin "${join(scratch.path, 'default')}"`,
      runsAhead: true,
    })
    const credential = await provider.provide({ reason: 'first', ahead: false, signal: never })
    expect(credential.token?.reveal()).toBe(token)
  })

  test('tells of each run when it starts and when it ends', async () => {
    const events: unknown[] = []
    const ends = [
      subscribe('kubecred:exec:start', (event) => events.push({ start: event })),
      subscribe('kubecred:exec:end', (event) => events.push({ end: event })),
    ]
    const good = printing('evented', { token })
    const bad = scratch.sh('evented-bad', 'exit 4')
    await ask(good)
    await failureOf(ask(bad, { request: { reason: 'expired' } }))
    await failureOf(ask('not-there'))
    for (const end of ends) end()
    const number: unknown = expect.any(Number)
    const start = { interactive: false, pid: number }
    const end = { started: true, durationMs: number, errorCode: undefined }
    expect(events).toEqual([
      { start: { ...start, command: good, reason: 'first' } },
      { end: { ...end, command: good, ok: true, exitCode: 0 } },
      { start: { ...start, command: bad, reason: 'expired' } },
      { end: { ...end, command: bad, ok: false, exitCode: 4, errorCode: 'ERR_EXEC_FAILED' } },
      {
        end: {
          ...end,
          command: 'not-there',
          ok: false,
          started: false,
          exitCode: undefined,
          errorCode: 'ERR_EXEC_NOT_FOUND',
        },
      },
    ])
    expect(inspect(events, { depth: 9 })).not.toContain(plantedSecret)
  })
})

describe.skipIf(isWindows)('execProvider, when the plugin may prompt', () => {
  const terminal: Host = { ...host, stdinIsTerminal: true }

  test.each([
    ['IfAvailable', {}, {}, true],
    ['IfAvailable', { stdinUnavailable: true }, {}, false],
    ['IfAvailable', {}, { ahead: true }, false],
    ['Always', {}, {}, true],
    ['Never', {}, {}, false],
  ] as const)('with %s, %o and %o', async (interactiveMode, options, request, interactive) => {
    const { path, seen } = recording(`prompts-${interactiveMode}-${interactive}`)
    await ask(path, {
      config: { interactiveMode },
      options: { host: terminal, ...options },
      request,
    })
    expect(JSON.stringify(seen())).toContain(`\\"interactive\\":${interactive}`)
  })

  test('is never asked ahead of need when it must prompt', () => {
    const config: ExecConfig = { ...base, command: 'x', interactiveMode: 'Always' }
    expect(execProvider(config).runsAhead).toBe(false)
  })

  test('fails before it looks for a plugin that must prompt and cannot', async () => {
    const options = { host: terminal, stdinUnavailable: true, stdinUnavailableMessage: 'in use' }
    const config = { interactiveMode: 'Always' } as const
    expect(await failureOf(ask('not-there', { config, options }))).toMatchObject({
      code: 'ERR_EXEC_INTERACTIVE',
      message: 'exec plugin cannot support interactive mode: standard input is unavailable: in use',
      details: { command: 'not-there' },
    })
  })

  test('lets one plugin at a time have the terminal', async () => {
    const log = join(scratch.path, 'turns.log')
    const reply = JSON.stringify({ kind: 'ExecCredential', apiVersion: v1, status: { token } })
    const path = scratch.sh(
      'takes-turns',
      `echo in >> ${log}; sleep 0.1; echo out >> ${log}; printf '%s' '${reply}'`,
    )
    const options = { host: terminal }
    await Promise.all([ask(path, { options }), ask(path, { options }), ask(path, { options })])
    expect(readFileSync(log, 'utf8')).toBe('in\nout\n'.repeat(3))
  })

  test('does not wait for its turn longer than it is wanted', async () => {
    const file = join(scratch.path, 'holds.pid')
    const path = scratch.sh('holds-the-turn', `echo $$ > ${file}; exec sleep 100`)
    const first = new AbortController()
    const second = new AbortController()
    const options = { host: terminal }
    const holding = failureOf(ask(path, { options, request: { signal: first.signal } }))
    await pidIn(file)
    const waiting = failureOf(ask('not-there', { options, request: { signal: second.signal } }))
    second.abort()
    expect(await waiting).toHaveProperty('code', 'ERR_CLOSED')
    first.abort()
    expect(await holding).toHaveProperty('code', 'ERR_CLOSED')
  })
})

describe.skipIf(isWindows)('execProvider, when the plugin is missing', () => {
  const helpText = /^exec: executable not-there not found\n\nIt looks like you are trying to use/u

  test('helps in the words of client-go and of the vendor', async () => {
    const error = await failureOf(ask('not-there', { config: { installHint: 'brew\u0007 x' } }))
    expect(error).toMatchObject({
      code: 'ERR_EXEC_NOT_FOUND',
      message: expect.stringMatching(helpText),
      hint: expect.stringContaining('PATH'),
      details: { command: 'not-there' },
    })
    expect(error).toHaveProperty('message', expect.stringMatching(/\n\nbrewU\+0007 x$/u))
  })

  test('helps also for a path, where client-go does not', async () => {
    expect(await failureOf(ask('/not/there'))).toMatchObject({
      code: 'ERR_EXEC_NOT_FOUND',
      message: expect.stringMatching(/^exec: executable \/not\/there not found\n\nIt looks/u),
      hint: expect.stringContaining('/not/there'),
    })
  })

  test('helps ten times an hour', async () => {
    const provider = execProvider({ ...base, command: 'not-there' }, { host })
    const messages: unknown[] = []
    for (let run = 0; run < 12; run++) {
      const work = provider.provide({ reason: 'first', ahead: false, signal: never })
      messages.push(await work.catch((error: unknown) => Object(error).message))
    }
    expect(messages.slice(0, 10)).toEqual(Array(10).fill(expect.stringMatching(helpText)))
    expect(messages.slice(10)).toEqual(Array(2).fill('exec: executable not-there not found'))
  })

  test('refuses a program in the current directory, in the words of Go', async () => {
    printing('here', { token })
    const relative: Host = { ...host, env: { PATH: '.' } }
    expect(await failureOf(ask('here', { options: { host: relative } }))).toMatchObject({
      code: 'ERR_EXEC_NOT_FOUND',
      message: expect.stringMatching(/^exec: executable here not found/u),
      cause: { message: 'exec: "here": cannot run executable found relative to current directory' },
    })
  })
})

describe.skipIf(isWindows)('execProvider, when the plugin fails', () => {
  test('tells the exit code and the last words', async () => {
    const path = scratch.sh('fails', `echo "login failed: token=${token}" >&2; exit 9`)
    expect(await failureOf(ask(path))).toMatchObject({
      code: 'ERR_EXEC_FAILED',
      message: `exec: executable ${path} failed with exit code 9`,
      hint: `run ${path} by hand to see what it says`,
      details: { command: path, exitCode: 9, stderrTail: 'login failed: token=[redacted]' },
    })
  })

  test('explains the exit code of a shell', async () => {
    const path = scratch.sh('calls-nothing', 'no-such-program')
    expect(await failureOf(ask(path))).toMatchObject({
      hint: 'a program that the plugin calls was not found',
      details: { exitCode: 127 },
    })
  })

  test('tells the signal that ended it', async () => {
    const path = scratch.sh('killed', 'kill -9 $$')
    expect(await failureOf(ask(path))).toMatchObject({
      message: `exec: executable ${path} failed with exit code -1`,
      hint: 'the signal SIGKILL ended it',
      details: { command: path, exitCode: -1 },
    })
  })

  test('tells what is wrong with the reply, and the last words', async () => {
    const path = scratch.sh('noisy', 'echo "have patience" >&2; echo "Logging in..."')
    expect(await failureOf(ask(path))).toMatchObject({
      code: 'ERR_EXEC_REPLY',
      message: expect.stringMatching(/^decoding stdout: couldn't get version\/kind; json parse/u),
      details: { command: path, exitCode: 0, stderrTail: 'have patience' },
    })
  })

  test('tells the last words of a plugin that prints too much, but nothing that it printed', async () => {
    // It goes on when its words have arrived.
    const heard = join(scratch.path, 'heard')
    const options = { maxOutputBytes: 1000, stderr: () => writeFileSync(heard, '') }
    const script = `echo "stuck at correct-horse" >&2
      until [ -e ${heard} ]; do sleep 0.01; done
      yes "correct-horse" | head -c 2000`
    const error = await failureOf(ask(scratch.sh('prints-on', script), { options }))
    expect(error).toMatchObject({
      code: 'ERR_EXEC_OUTPUT_LIMIT',
      details: { stderrTail: 'stuck at [redacted]' },
    })
  })

  test('names the plugin whose reply cannot be used', async () => {
    const prints = scratch.sh('prints-words', `echo "Signed in as alice ${token}"`)
    expect(await failureOf(ask(prints))).toMatchObject({
      code: 'ERR_EXEC_REPLY',
      message: expect.stringMatching(/^decoding stdout: couldn't get version\/kind/u),
      hint: expect.stringMatching(`^${prints}: standard output must hold one ExecCredential`),
    })
    const empty = scratch.sh('prints-nothing', 'true')
    expect(await failureOf(ask(empty))).toMatchObject({
      hint: expect.stringMatching(`^${empty}: the plugin printed nothing`),
    })
  })

  test('tells the last words of a plugin that hangs, when its time is over', async () => {
    const script = `echo "Open https://login.example/?code=${token} in a browser" >&2; sleep 60`
    const path = scratch.sh('hangs', script)
    await using renewer = new Renewer(
      execProvider({ ...base, command: path }, { host, stderr: 'ignore' }),
      { deadlineMs: 500 },
    )
    const late = {
      code: 'ERR_RENEWAL_DEADLINE',
      message: `exec plugin "${path}": gave no credential within 0.5 s and was stopped`,
      hint: expect.stringContaining(`run ${path} by hand to see what it waits for`),
      details: {
        command: path,
        stderrTail: 'Open https://login.example/?[redacted] in a browser',
      },
    }
    expect(await failureOf(renewer.get())).toMatchObject(late)
    const again = { ...late, details: { ...late.details, retryInMs: expect.any(Number) } }
    expect(await failureOf(renewer.get())).toMatchObject(again)
  })

  test('keeps at most 4 KiB of its last words', async () => {
    const path = scratch.sh('wordy', 'seq 1 5000 >&2; exit 1')
    const { details } = Object(await failureOf(ask(path)))
    expect(details.stderrTail).toMatch(/\n5000$/u)
    expect(details.stderrTail.length).toBeLessThanOrEqual(4096)
  })

  test('stops a plugin that prints too much', async () => {
    const options = { maxOutputBytes: 1000 }
    const path = scratch.sh('prints-much', 'head -c 2000 /dev/zero')
    expect(await failureOf(ask(path, { options }))).toMatchObject({
      code: 'ERR_EXEC_OUTPUT_LIMIT',
      hint: expect.stringContaining('maxOutputBytes'),
      details: { command: path },
    })
  })

  test.each([
    [
      'a key of another certificate',
      { clientCertificateData: alice.certificatePem, clientKeyData: bob.privateKeyPem },
      'tls: private key does not match public key',
    ],
    [
      'no certificate',
      { clientCertificateData: plantedSecret, clientKeyData: alice.privateKeyPem },
      'tls: failed to find any PEM data in certificate input',
    ],
    [
      'no key',
      { clientCertificateData: alice.certificatePem, clientKeyData: plantedSecret },
      'tls: failed to find any PEM data in key input',
    ],
  ])('refuses %s', async (name, status, words) => {
    const error = await failureOf(ask(printing(`unfit ${name}`.replaceAll(' ', '-'), status)))
    expect(error).toMatchObject({
      code: 'ERR_EXEC_REPLY',
      message: `failed parsing client key/certificate: ${words}`,
      cause: { code: 'ERR_CREDENTIAL_INVALID' },
    })
    expect(inspect(error, { depth: 9 })).not.toContain(plantedSecret)
  })
})

describe.skipIf(isWindows)('execProvider, when it is given up', () => {
  test('stops the plugin and fails with the reason', async () => {
    const file = join(scratch.path, 'given-up.pid')
    const path = scratch.sh('given-up', `echo $$ > ${file}; exec sleep 100`)
    const controller = new AbortController()
    const work = failureOf(ask(path, { request: { signal: controller.signal } }))
    const pid = await pidIn(file)
    const reason = new KubecredError('ERR_RENEWAL_DEADLINE', 'too slow')
    controller.abort(reason)
    expect(await work).toBe(reason)
    expect(isRunning(pid)).toBe(false)
  })

  test('says so when the reason says nothing', async () => {
    const reason = new Error('whatever')
    const signal = AbortSignal.abort(reason)
    expect(await failureOf(ask('x', { request: { signal } }))).toMatchObject({
      code: 'ERR_CLOSED',
      message: 'exec plugin "x": stopped before it answered',
      cause: reason,
    })
  })

  test('does not hand out a credential that came too late', async () => {
    // The plugin has ended; the pipe that it left open keeps the run for a moment longer.
    const file = join(scratch.path, 'late.pid')
    const reply = JSON.stringify({ kind: 'ExecCredential', apiVersion: v1, status: { token } })
    const path = scratch.sh('late', `sleep 2 & echo $$ > ${file}; printf '%s' '${reply}'`)
    const controller = new AbortController()
    const work = failureOf(ask(path, { request: { signal: controller.signal } }))
    const pid = await pidIn(file)
    await until('the plugin has ended', () => !isRunning(pid))
    controller.abort()
    expect(await work).toHaveProperty('code', 'ERR_CLOSED')
  })
})

describe.skipIf(isWindows)('execProvider, with secrets everywhere', () => {
  const pem = alice.privateKeyPem.replace(/\n/gu, '\\n')

  test.each([
    ['a reply that is cut off', `printf '{"token":"${token}'`],
    ['a reply on standard error', `printf '${token}' | tee /dev/stderr; exit 1`],
    ['a token in a message', `echo "token ${token} expired" >&2; echo ${token}; exit 1`],
    ['a key on both', `printf '${pem}' >&2; printf '${pem}'; exit 1`],
    ['a secret of the environment', 'echo "$DB_PASSWORD" >&2; exit 1'],
    ['a wrong version', `printf '{"kind":"${token} ","apiVersion":"${token} "}'`],
    ['a flood', `yes ${token}`],
  ])('shows none of them for %s', async (name, body) => {
    const path = scratch.sh(`secret-${name.replaceAll(' ', '-')}`, body)
    const env = [{ name: 'DB_PASSWORD', value: `${plantedSecret} pass phrase` }]
    const error = await failureOf(ask(path, { config: { args: [token], env } }))
    expect(error).toBeInstanceOf(KubecredError)
    const shown = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)
    expect(shown).not.toContain(plantedSecret)
    expect(shown).not.toContain(alice.privateKeyPem.slice(40, 60))
  })
})

describe('execProvider, with options that cannot work', () => {
  test.each([
    [{ maxOutputBytes: 0 }, '"maxOutputBytes" must be a whole number above zero: 0'],
    [{ maxOutputBytes: 1.5 }, '"maxOutputBytes" must be a whole number above zero: 1.5'],
    [{ searchPath: ['bin'] }, '"searchPath" must hold absolute folders: "bin"'],
    // As a program in JavaScript may write it; the plugin would run without a policy.
    [
      JSON.parse('{"pluginPolicy":{"policyType":"DenyAll"}}'),
      'there is no plugin option "pluginPolicy"',
    ],
    [JSON.parse('{"searchPath":"/usr/bin"}'), '"searchPath" must be a list of folders: string'],
    [JSON.parse('{"searchPath":null}'), '"searchPath" must be a list of folders: null'],
    [JSON.parse('{"searchPath":{}}'), '"searchPath" must be a list of folders: object'],
    [JSON.parse('{"searchPath":[null]}'), '"searchPath" must hold absolute folders: null'],
    [JSON.parse('{"policy":null}'), '"policy" must be an object with "policyType": null'],
    [JSON.parse('{"policy":"DenyAll"}'), '"policy" must be an object with "policyType": string'],
  ])('refuses %o at once', (options, message) => {
    expect(() => execProvider(base, options)).toThrow(new TypeError(message))
  })

  test('refuses a version that does not exist', () => {
    const config: ExecConfig = { ...base, ...JSON.parse('{"apiVersion":"v2"}') }
    expect(() => execProvider(config)).toThrow(
      expect.objectContaining({
        code: 'ERR_EXEC_CONFIG',
        message: 'exec plugin: invalid apiVersion "v2"',
      }),
    )
  })
})
