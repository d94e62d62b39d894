import { expect, test } from 'vitest'

import type { ProcessView } from '../../src/host/process-view.ts'
import { thisProcess } from '../../src/host/process-view.ts'
import {
  draftLinkName,
  folderName,
  isAbandoned,
  isDraftLinkName,
  isFolderName,
} from '../../src/projection/folder-name.ts'

const now = Date.UTC(2030, 0, 2, 3, 4, 5, 678)

/** A process that began ten seconds ago, beside one that lives and has the id 7. */
const self: ProcessView = { pid: 1, ageMs: () => 10_000, isAlive: (pid) => pid === 7 }

test('a name tells when and by whom a folder was made', () => {
  const name = folderName(now, 4711, 3)
  expect(name).toBe('..2030_01_02_03_04_05.471167803')
  expect(isFolderName(name)).toBe(true)
  expect(draftLinkName(name)).toBe('..data_tmp.471167803')
  expect(isDraftLinkName(draftLinkName(name))).toBe(true)
})

test.each([
  '..data',
  '..data_tmp',
  '..2030_01_02',
  '..data_tmpx',
  'token',
  '..2030_01_02_03_04_05.x',
])('%s is no folder for files', (name) => {
  expect(isFolderName(name)).toBe(false)
  expect(isDraftLinkName(name)).toBe(name === '..data_tmp')
})

test.each([
  ['of a process that lives', folderName(now - 1000, 7, 0), false],
  ['of a process that is gone', folderName(now, 8, 0), true],
  ['of a process that lives, but for ten minutes', folderName(now - 600_001, 7, 0), true],
  ['of this process', folderName(now - 9999, 1, 0), false],
  ['of a process that had this id before', folderName(now - 10_001, 1, 0), true],
  [
    'of a process that lives, from before the clock was set back',
    folderName(now + 9e6, 7, 0),
    false,
  ],
  ['of the kubelet', '..2030_01_02_03_04_05.123', true],
  ['of no time', '..2030_99_99_03_04_05.777777777', true],
])('a folder %s is abandoned or not', (_, name, abandoned) => {
  expect(isAbandoned(name, now, self)).toBe(abandoned)
})

test('this process knows itself and others', () => {
  expect(thisProcess.pid).toBe(process.pid)
  expect(thisProcess.ageMs()).toBeGreaterThan(0)
  expect(thisProcess.isAlive(process.pid)).toBe(true)
  expect(thisProcess.isAlive(2 ** 30)).toBe(false)
})
