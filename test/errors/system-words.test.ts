import { expect, test } from 'vitest'

import { fileWords, systemWords } from '../../src/errors/system-words.ts'

const failed = (code: string, syscall: string): Error =>
  Object.assign(new Error(`${code}: as Node says it`), { code, syscall })

test.each([
  ['ENOENT', 'no such file or directory'],
  ['EACCES', 'permission denied'],
  ['EUNKNOWN', 'EUNKNOWN'],
])('says %s as Go does', (code, words) => {
  expect(systemWords(code)).toBe(words)
})

test('says of a file what was done to it, and why that failed', () => {
  expect(fileWords('/a', failed('ENOENT', 'open'))).toBe('open /a: no such file or directory')
  expect(fileWords('/a', failed('EISDIR', 'read'))).toBe('read /a: is a directory')
})

test('leaves an error that Go has no words for as it is', () => {
  expect(fileWords('/a', failed('EUNKNOWN', 'open'))).toBe('EUNKNOWN: as Node says it')
  expect(fileWords('/a', new Error('too much'))).toBe('too much')
})
