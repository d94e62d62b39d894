import { describe, expect, test } from 'vitest'

import { cleanPath } from '../../src/api/go-path.ts'

// Results of Go's filepath.Clean on the respective system.
const everywhere = [
  ['', '.'],
  ['.', '.'],
  ['./', '.'],
  ['..', '..'],
  ['../', '..'],
  ['./foo', 'foo'],
  ['foo/', 'foo'],
  ['foo//', 'foo'],
  ['foo/.', 'foo'],
  ['foo/..', '.'],
  ['foo/../..', '..'],
  ['foo/../bar', 'bar'],
  ['bin/foo', 'bin/foo'],
  ['bin//foo/./x', 'bin/foo/x'],
  ['../../foo', '../../foo'],
  ['a/../../b', '../b'],
  ['/', '/'],
  ['/..', '/'],
  ['/../foo', '/foo'],
  ['/a//b/../c/', '/a/c'],
  ['/a/b/../../..', '/'],
  ['~/foo', '~/foo'],
  ['two words', 'two words'],
  ['...', '...'],
] as const

describe('cleanPath', () => {
  test.each(everywhere)('makes %j into %j as Go does', (file, clean) => {
    expect(cleanPath(file, 'linux')).toBe(clean)
    expect(cleanPath(clean, 'linux')).toBe(clean)
  })

  test.each(everywhere)('makes %j into %j with backslashes on Windows', (file, clean) => {
    expect(cleanPath(file, 'win32')).toBe(clean.replaceAll('/', '\\'))
  })

  test.each([
    ['//foo', '/foo'],
    ['a\\b', 'a\\b'],
    ['.\\foo', '.\\foo'],
  ])('makes %j into %j, where a backslash is a letter like any other', (file, clean) => {
    expect(cleanPath(file, 'linux')).toBe(clean)
  })

  test.each([
    ['.\\foo', 'foo'],
    ['C:', 'C:.'],
    ['C:\\', 'C:\\'],
    ['C:/a/b/', 'C:\\a\\b'],
    ['C:\\..\\a', 'C:\\a'],
    ['C:a\\..\\..\\b', 'C:..\\b'],
    ['\\\\host\\share\\a\\..\\b', '\\\\host\\share\\b'],
    ['//host/share/a', '\\\\host\\share\\a'],
    ['a/../c:', '.\\c:'],
    ['\\\\?\\C:\\a', '\\\\?\\C:\\a'],
  ])('makes %j into %j on Windows', (file, clean) => {
    expect(cleanPath(file, 'win32')).toBe(clean)
  })
})
