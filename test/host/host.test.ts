import { execFile } from 'node:child_process'
import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isatty } from 'node:tty'
import { promisify } from 'node:util'

import { describe, expect, test } from 'vitest'

import { thisHost } from '../../src/host/host.ts'

const run = promisify(execFile)
const hostModule = new URL('../../src/host/host.ts', import.meta.url).href

async function hostAfter(preparation: string): Promise<unknown> {
  const program = `
    import { thisHost } from ${JSON.stringify(hostModule)}
    ${preparation}
    const { home, cwd, platform } = thisHost()
    console.log(JSON.stringify({ home, cwd, platform }))
  `
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program])
  return JSON.parse(stdout)
}

describe('thisHost', () => {
  test('tells of this process', () => {
    const host = thisHost()
    expect(host.platform).toBe(process.platform)
    expect(host.cwd).toBe(process.cwd())
    expect(host.env).toBe(process.env)
    expect(host.home).not.toBe('')
    expect(host.stdinIsTerminal).toBe(isatty(0))
  })

  test.skipIf(process.platform === 'win32')('bears with a folder that is gone', async () => {
    const before = process.cwd()
    const folder = await mkdtemp(join(tmpdir(), 'kubecred-'))
    process.chdir(folder)
    await rmdir(folder)
    try {
      expect(thisHost()).toMatchObject({ cwd: '', platform: process.platform })
    } finally {
      process.chdir(before)
    }
  })

  test.skipIf(process.getuid?.() !== 0)('bears with a user whom nobody knows', async () => {
    const preparation = `
      delete process.env.HOME
      process.setuid(4_123_456)
    `
    expect(await hostAfter(preparation)).toMatchObject({ home: '' })
  })
})
