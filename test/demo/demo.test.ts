import { join } from 'node:path'
import { writeFileSync } from 'node:fs'

import { beforeAll, describe, expect, test } from 'vitest'

import { temporaryFolder } from '../testing/temporary-folder.ts'
import { leftBehind, startDemo, type DemoEnd, type DemoProcess } from './run-demo.ts'

const onWindows = process.platform === 'win32'
const aTime = String.raw`[\d.]+ (?:µs|ms|s)`
// Its files are links, and there are none for everybody on Windows.
const secondAct = onWindows
  ? []
  : ([
      ['a token in a file', 'a plugin run, a TokenRequest, a file; its reader: 200'],
      [
        'its account is remade',
        String.raw`its reader: 200 after \d+ × 401; looked at every 500 ms`,
      ],
    ] as const)

describe('the demo', () => {
  const folder = temporaryFolder()
  let demo: DemoProcess
  let end: DemoEnd

  beforeAll(async () => {
    demo = startDemo([], folder)
    end = await demo.ended
  }, 60_000)

  test('ends well, and within the thirty seconds that it promises', () => {
    expect({ exitCode: end.exitCode, stderr: demo.stderr() }).toEqual({ exitCode: 0, stderr: '' })
    expect(end.seconds).toBeLessThan(30)
  })

  test.for([
    ['first request', `200, after one plugin run of ${aTime}`],
    ['second request', '200, no plugin run: the token is still good'],
    ['100 requests at once', '100 × 200 on new connections, one plugin run for all'],
    ['the token expires', String.raw`slowest of [\d,]+ requests, beside a plugin run of ${aTime}`],
    ['the token is revoked', '200, after one plugin run and one replay'],
    ['again, with an upload', '200, the same, and all 256 KiB of the stream arrived'],
    ['a certificate rotates', String.raw`3 times, slowest of [\d,]+ requests; 0 lost, watch and`],
    ['the plugin fails', '100 clear errors after [12] plugin runs?'],
    ...secondAct,
  ] as const)('tells with a measured time what came of: %s', ([title, text]) => {
    expect(demo.stdout()).toMatch(new RegExp(String.raw`^ +\d+ +${title} +${aTime}  ${text}`, 'mu'))
  })

  test('shows an error with its cause and a hint', () => {
    const lines = demo.stdout().split('\n')
    const at = lines.findIndex((line) => line.trimStart().startsWith('error:'))
    const [error, cause, hint] = lines.slice(at).map((line) => line.trim())
    expect(error).toMatch(/^error: getting credentials: exec: executable .* exit code 1$/u)
    expect(cause).toBe('cause: demo-plugin: your session has ended, please sign in again')
    expect(hint).toMatch(/^hint: run .*demo-plugin/u)
  })

  test('sums up, and says what to try by hand', () => {
    const runs = onWindows ? '1[2-4] plugin runs' : '1[4-6] plugin runs'
    const sum = String.raw`[\d,]+ requests at the server, ${runs}, 0 unexpected failures, ${aTime}`
    expect(demo.stdout()).toMatch(new RegExp(`^${sum}$`, 'mu'))
    expect(demo.stdout()).toContain('npm run demo -- --keep')
  })

  test('prints no secret, and no colour into a pipe', () => {
    expect(demo.stdout()).not.toMatch(/fake-alice|-----BEGIN|Bearer/u)
    expect(demo.stdout()).not.toContain('\u001b')
  })

  test('leaves no file and no process behind', () => {
    expect(leftBehind(folder)).toEqual([])
  })
})

test('a demo that does not go as told says so and fails', async () => {
  const folder = temporaryFolder()
  const bad = join(temporaryFolder(), 'another-plugin.cjs')
  // Stands in for the plugin, and answers with a token that the server does not know.
  writeFileSync(
    bad,
    `if (require('node:path').basename(process.argv[1] ?? '') === 'program.cjs') {
      const status = { token: 'KUBECRED-PLANTED-SECRET-demo' }
      const apiVersion = 'client.authentication.k8s.io/v1'
      console.log(JSON.stringify({ apiVersion, kind: 'ExecCredential', status }))
      process.exit(0)
    }`,
  )
  const demo = startDemo([], folder, { NODE_OPTIONS: `--require ${JSON.stringify(bad)}` })
  expect((await demo.ended).exitCode).toBe(1)
  expect(demo.stdout()).toContain('not as told: the first request was answered with 401')
  expect(demo.stdout() + demo.stderr()).not.toContain('KUBECRED-PLANTED-SECRET')
  expect(leftBehind(folder)).toEqual([])
})

test('a demo that cannot begin says why', async () => {
  const demo = startDemo([], join(temporaryFolder(), 'missing'))
  expect((await demo.ended).exitCode).toBe(1)
  expect(demo.stdout()).toMatch(/^failed: .*ENOENT/mu)
})

// Ctrl-C comes twice: from the terminal, and from npm.
test.skipIf(onWindows)(
  'Ctrl-C ends it and puts everything away, also when it comes twice',
  async () => {
    const folder = temporaryFolder()
    const demo = startDemo([], folder, { FORCE_COLOR: '1' })
    await demo.printed('100 requests at once')
    demo.child.kill('SIGINT')
    demo.child.kill('SIGINT')
    expect((await demo.ended).exitCode).toBe(130)
    expect({ stderr: demo.stderr(), left: leftBehind(folder) }).toEqual({ stderr: '', left: [] })
    // The one terminal that a test can have: colours are on where they are asked for.
    expect(demo.stdout()).toContain('\u001b[36m')
  },
)

test('refuses what it does not understand with its usage and exit code 2', async () => {
  const demo = startDemo(['--no-such-flag'], temporaryFolder())
  expect((await demo.ended).exitCode).toBe(2)
  expect(demo.stdout()).toBe('')
  expect(demo.stderr()).toMatch(/^Unknown option '--no-such-flag'\n\nUsage: npm run demo/u)
})

test('prints its usage on request', async () => {
  const demo = startDemo(['--help'], temporaryFolder())
  expect((await demo.ended).exitCode).toBe(0)
  expect(demo.stdout()).toContain('Usage: npm run demo [-- --keep]')
})
