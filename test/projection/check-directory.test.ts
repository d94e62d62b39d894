import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeAll, describe, expect, test } from 'vitest'

import { checkDirectory } from '../../src/projection/check-directory.ts'
import { directoryError } from '../../src/projection/directory-error.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()

beforeAll(() => {
  mkdirSync(join(folder, 'good'))
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('good', join(folder, 'link'))
  symlinkSync('file', join(folder, 'link-to-file'))
  symlinkSync('nowhere', join(folder, 'dangling'))
  symlinkSync('loop', join(folder, 'loop'))
})

test.each(['good', 'link'])('a directory will do, and so will a link to one: %s', async (name) => {
  await expect(checkDirectory(join(folder, name))).resolves.toBeUndefined()
})

describe('what is no directory to write to is told with what to do', () => {
  test.each([
    ['file', 'not a directory', 'name a directory, not a file'],
    ['link-to-file', 'not a directory', 'name a directory, not a file'],
    ['file/below', 'not a directory', 'something on the way to it is a file: check the path'],
    ['nowhere', 'no such file or directory', 'create the directory first'],
    ['nowhere/below', 'no such file or directory', 'create the directory first'],
    [
      'dangling',
      'no such file or directory',
      'it is a link to what is not there: create that, or point the link elsewhere',
    ],
    [
      'loop',
      'too many levels of symbolic links',
      'a link on the way leads back to itself: check the path',
    ],
    ['n'.repeat(300), 'file name too long', 'take a shorter path'],
  ])('%s', async (name, words, hint) => {
    const path = join(folder, name)
    await expect(checkDirectory(path)).rejects.toMatchObject({
      code: 'ERR_PROJECTION_DIRECTORY',
      message: `cannot write to ${path}: stat ${path}: ${words}`,
      hint,
      details: { file: path },
    })
  })
})

test.each([
  ['access', 'EACCES', 'the directory must be readable and writable for the user of this process'],
  ['access', 'EROFS', 'take a directory that is writable'],
  ['scandir', 'ENOENT', 'create the directory first'],
  // As /proc and /sys answer.
  ['mkdir', 'ENOENT', 'take a directory where folders can be made'],
  ['mkdir', 'EPERM', 'take a directory where files, folders and links can be made and removed'],
  ['fchown', 'EPERM', 'only root may give files to another user or group'],
  ['write', 'ENOSPC', 'make room on the disk'],
  ['write', 'EIO', undefined],
])('what to do follows from what was done and refused: %s %s', (syscall, code, hint) => {
  const error = Object.assign(new Error('as Node says it'), { code, syscall, path: '/run/a/x' })
  expect(directoryError('/run/a', error)).toMatchObject({ hint, details: { file: '/run/a/x' } })
})
