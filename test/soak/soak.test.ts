import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { leftBehind, startProgram, type DemoProcess } from '../demo/run-demo.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'

const program = fileURLToPath(new URL('../../soak/main.ts', import.meta.url))

function start(args: readonly string[], folder = temporaryFolder()): DemoProcess {
  return startProgram(program, args, folder)
}

test('the soak prints its usage on request', async () => {
  const soak = start(['--help'])
  expect((await soak.ended).exitCode).toBe(0)
  expect(soak.stdout()).toContain('Usage: npm run soak')
})

test('it refuses what it does not understand with exit code 2', async () => {
  const soak = start(['--minutes', 'many'])
  expect((await soak.ended).exitCode).toBe(2)
  expect(soak.stderr()).toMatch(/^the time must be a number above zero\n\nUsage/u)
})

test.skipIf(process.platform === 'win32')(
  'Ctrl-C ends it, with its proxies and its plugins, and nothing stays behind',
  async () => {
    const folder = temporaryFolder()
    const soak = start(['--minutes', '5', '--seed', '1'], folder)
    await soak.printed('seed 1, for 5 minutes')
    await until(() => leftBehind(folder).some((line) => line.includes('proxy --port=0')))
    soak.child.kill('SIGINT')
    expect((await soak.ended).exitCode).toBe(130)
    expect([soak.stderr(), leftBehind(folder)]).toEqual(['', []])
  },
  90_000,
)
