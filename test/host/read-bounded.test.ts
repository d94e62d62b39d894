import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { readBounded } from '../../src/host/read-bounded.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()

function fileOf(size: number): string {
  const file = join(folder, `file-${size}`)
  writeFileSync(file, Buffer.alloc(size, 'x'))
  return file
}

test('a file of up to the limit is read whole', async () => {
  for (const size of [0, 1, 64 * 1024, 200_000]) {
    expect(await readBounded(fileOf(size), 200_000)).toEqual(Buffer.alloc(size, 'x'))
  }
})

test('a larger one is not read', async () => {
  expect(await readBounded(fileOf(11), 10)).toBeUndefined()
})

test.skipIf(process.platform === 'win32')('one without end is left soon', async () => {
  expect(await readBounded('/dev/zero', 1_000_000)).toBeUndefined()
})

test('one that is written meanwhile is given as it was before or after that', async () => {
  const file = join(folder, 'written')
  const [before, after] = [Buffer.alloc(3_000_000, 'a'), Buffer.alloc(2_000_000, 'b')]
  for (let turns = 0; turns < 40; turns++) {
    writeFileSync(file, before)
    const reading = readBounded(file, before.length)
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    writeFileSync(file, after)
    const bytes = await reading
    const isWhole = [before, after].some((each) => bytes?.equals(each) === true)
    expect([turns, isWhole]).toEqual([turns, true])
  }
})

test('what cannot be read fails with the code of the system', async () => {
  await expect(readBounded(join(folder, 'missing'), 10)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(readBounded(folder, 10)).rejects.toMatchObject({ code: 'EISDIR' })
})

test.skipIf(process.platform === 'win32')(
  'one that comes byte by byte takes no more memory than one that comes at once',
  async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const before = process.memoryUsage().arrayBuffers
    const read = readBounded(pipe, 1_000_000)
    const writer = await open(pipe, 'w')
    for (let count = 0; count < 1000; count++) await writer.write('x')
    const held = process.memoryUsage().arrayBuffers - before
    await writer.close()
    expect(await read).toEqual(Buffer.alloc(1000, 'x'))
    expect(held).toBeLessThan(16 * 1024 * 1024)
  },
)
