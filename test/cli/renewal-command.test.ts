import { describe, expect, test } from 'vitest'

import { runCommand } from '../../src/cli/renewal-command.ts'
import { createFakeClock } from '../../src/doors/testing.ts'
import { until } from '../testing/until.ts'

const host = { env: { PATH: process.env['PATH'] }, cwd: process.cwd() }
const never = new AbortController().signal
const node = (program: string): readonly string[] => [process.execPath, '-e', program]

describe('a command that is run after a change', () => {
  test('says nothing when it ends well, and how it ended otherwise', async () => {
    const run = (command: readonly string[]): Promise<string | undefined> =>
      runCommand(command, { host, clock: createFakeClock(), signal: never })
    expect(await run(node(''))).toBeUndefined()
    expect(await run(node('process.exit(3)'))).toBe(`${process.execPath} ended with code 3`)
    expect(await run(['/none/reload'])).toMatch(/^\/none\/reload: .*ENOENT/u)
  })

  test('has a minute, and is stopped then', async () => {
    const clock = createFakeClock()
    const ended = runCommand(node('setInterval(() => {}, 1e6)'), { host, clock, signal: never })
    expect(clock.pendingTimers).toBe(1)
    clock.advance(60_000)
    expect(await ended).toBe(`${process.execPath} took longer than 60 s, and was stopped`)
    await until(() => clock.pendingTimers === 0)
  })

  test('is stopped, and is no failure, when the program ends; then none begins', async () => {
    const clock = createFakeClock()
    const stop = new AbortController()
    const run = { host, clock, signal: stop.signal }
    const ended = runCommand(node('setInterval(() => {}, 1e6)'), run)
    stop.abort()
    expect(await ended).toBeUndefined()
    expect(await runCommand(['/none/reload'], run)).toBeUndefined()
  })
})
