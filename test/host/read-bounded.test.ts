import { writeFileSync } from 'node:fs'
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

test('what cannot be read fails with the code of the system', async () => {
  await expect(readBounded(join(folder, 'missing'), 10)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(readBounded(folder, 10)).rejects.toMatchObject({ code: 'EISDIR' })
})
