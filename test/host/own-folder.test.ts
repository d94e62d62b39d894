import {
  chmodSync,
  chownSync,
  mkdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { makeOwnFolder, ownFolder } from '../../src/host/own-folder.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const base = temporaryFolder()
const uid = process.geteuid?.()
const isWindows = uid === undefined
// Nobody: neither root nor who runs the tests.
const another = 65_533

function folderIn(name: string, mode = 0o700): string {
  const folder = join(base, name, 'cache')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, mode)
  return folder
}

describe.skipIf(isWindows)(`a folder${isWindows ? ' (skipped: Windows has no modes)' : ''}`, () => {
  test('is taken by its real path where only its user writes', () => {
    const folder = folderIn('own')
    expect(ownFolder(folder, uid)).toBe(realpathSync(folder))
    symlinkSync(join(base, 'own'), join(base, 'way'))
    expect(ownFolder(join(base, 'way', 'cache'), uid)).toBe(realpathSync(folder))
  })

  test.each([0o720, 0o702, 0o1777])('that others write to (%o) is not', (mode) => {
    expect(ownFolder(folderIn(`mode-${mode}`, mode), uid)).toBeUndefined()
  })

  test('of another user is not', () => {
    const folder = folderIn('another')
    expect(ownFolder(folder, another)).toBeUndefined()
  })

  test('that is a link is not, nor a file, nor what is not there', () => {
    const folder = folderIn('target')
    symlinkSync(folder, join(base, 'link'))
    writeFileSync(join(base, 'file'), '', { mode: 0o600 })
    const found = ['link', 'file', 'nothing'].map((name) => ownFolder(join(base, name), uid))
    expect(found).toEqual([undefined, undefined, undefined])
  })

  test('is not where others could put another in its place', () => {
    const folder = folderIn('parent')
    chmodSync(join(base, 'parent'), 0o777)
    expect([ownFolder(folder, uid), makeOwnFolder(folder, uid)]).toEqual([undefined, undefined])
    // As in the temporary folder of the system: others write there, but only what is their own.
    chmodSync(join(base, 'parent'), 0o1777)
    expect(ownFolder(folder, uid)).toBe(realpathSync(folder))
  })

  test('is made for its user only', () => {
    const path = join(base, 'made', 'for', 'me')
    const made = makeOwnFolder(path, uid)
    expect(made).toBe(realpathSync(path))
    expect([path, join(base, 'made')].map((each) => statSync(each).mode & 0o777)).toEqual([
      0o700, 0o700,
    ])
  })

  test('is not made in a folder of another user', () => {
    const folder = folderIn('foreign')
    // To root every folder may be another's, to others one of root's is as good as their own.
    if (uid === 0) chownSync(folder, another, another)
    const asked = uid === 0 ? uid : another
    expect(makeOwnFolder(join(folder, 'new'), asked)).toBeUndefined()
    expect(() => statSync(join(folder, 'new'))).toThrow('ENOENT')
  })
})

test('a folder of a system without user ids is taken as it is', () => {
  const folder = folderIn('windows')
  expect(ownFolder(folder, undefined)).toBe(realpathSync.native(folder))
  rmSync(folder, { recursive: true })
  expect(ownFolder(folder, undefined)).toBeUndefined()
  expect(makeOwnFolder(folder, undefined)).toBe(realpathSync.native(folder))
})
