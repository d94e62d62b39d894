import { execFileSync } from 'node:child_process'
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { openTokenFile } from '../../src/doors/file.ts'
import { ReadingDeadline } from '../../src/file/reading-deadline.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'

const folder = temporaryFolder()
const isWindows = process.platform === 'win32'
const pipes = isWindows ? ' (skipped: Windows has no such pipes)' : ''

test.skipIf(isWindows)(
  `a pipe in the place of a file is refused, and what follows it is read${pipes}`,
  async () => {
    const path = join(folder, 'token')
    writeFileSync(path, 'one')
    await using token = await openTokenFile(path)
    rmSync(path)
    execFileSync('mkfifo', [path])
    await expect(token.reload()).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_FILE',
      message: `${path} is no regular file, and is not read again`,
    })
    expect(token.current()).toBe('one')
    writeFileSync(`${path}.new`, 'two')
    renameSync(`${path}.new`, path)
    await until(() => token.current() === 'two')
  },
)

test.skipIf(isWindows)(
  `a pipe that nobody writes to is given up after fifteen seconds${pipes}`,
  async () => {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', [path])
    const clock = createFakeClock()
    const opening = openTokenFile(path, { clock })
    clock.advance(15_000)
    await expect(opening).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_FILE',
      details: { file: path },
    })
    await until(() => clock.pendingTimers === 0)
    // Lets the thread go that waits for a writer.
    closeSync(openSync(path, 'r+'))
  },
)

test('a reading that hangs is not begun again before it has come back', async () => {
  const clock = createFakeClock()
  const deadline = new ReadingDeadline(['/mnt/token'], clock)
  const { signal } = new AbortController()
  const stuck = Promise.withResolvers<string>()
  const reading = deadline.hold(signal, () => stuck.promise)
  clock.advance(15_000)
  await expect(reading).rejects.toThrow('15 seconds')
  await expect(deadline.hold(signal, () => Promise.resolve('begun'))).rejects.toThrow('15 seconds')
  stuck.resolve('late')
  await stuck.promise
  await expect
    .poll(() => deadline.hold(signal, () => Promise.resolve('read')).catch(() => 'refused'))
    .toBe('read')
  expect(clock.pendingTimers).toBe(0)
})
