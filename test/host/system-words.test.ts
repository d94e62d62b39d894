import { expect, test } from 'vitest'

import { unreadableFile, unreadableFileHint } from '../../src/host/system-words.ts'

const failed = (code: string, syscall: string): Error =>
  Object.assign(new Error(`${code}: as Node says it`), { code, syscall })

test('says of a file what was done to it, and why that failed, in the words of Go', () => {
  expect(unreadableFile('/a', failed('ENOENT', 'open'))).toBe('open /a: no such file or directory')
  expect(unreadableFile('/a', failed('EISDIR', 'read'))).toBe('read /a: is a directory')
  expect(unreadableFile('/a', failed('EUNKNOWN', 'open'))).toBe('open /a: EUNKNOWN')
})

test("leaves an error that is not the system's as it is", () => {
  expect(unreadableFile('/a', new Error('too much'))).toBe('too much')
})

test('says what to do about a file by the code of the system, where that tells', () => {
  const otherwise = 'look what it is'
  const hints = ['EACCES', 'EPERM', 'EISDIR', 'ENOENT'].map((code) =>
    unreadableFileHint(failed(code, 'open'), otherwise),
  )
  const readable = 'make the file readable for the user who runs this program'
  const inFolder = 'name the file in the folder, not the folder'
  expect(hints).toEqual([readable, readable, inFolder, otherwise])
  expect(unreadableFileHint(new Error('too much'), otherwise)).toBe(otherwise)
  const missing = ['ENOENT', 'ENOTDIR', 'EIO'].map((code) =>
    unreadableFileHint(failed(code, 'open'), otherwise, 'check the path'),
  )
  expect(missing).toEqual(['check the path', 'check the path', otherwise])
})
