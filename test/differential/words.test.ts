import { expect, test } from 'vitest'

import { readWords } from './words.ts'

test.each([
  ['error: You must be logged in', 'You must be logged in'],
  ['Unable to connect to the server: getting credentials: no', 'getting credentials: no'],
  ['error: Get "https://a/b?c": getting credentials: no', 'getting credentials: no'],
  ['error: getting credentials: no\ncause: why\nhint: do', 'getting credentials: no'],
  ['Error in configuration: \n* one\n* two\n* one', 'one, two'],
  ['error: Error in configuration: context was not found', 'context was not found'],
  ['error: invalid configuration: [one, two]', 'one, two'],
  ['error: invalid configuration: one', 'one'],
  ['E1124 10:00:00.000000   1 memcache.go:1] "Unhandled"\nerror: no', 'no'],
  ['Error from server (NotFound): no', 'Error from server (NotFound): no'],
  ['error: two\nlines', 'two\nlines'],
  ['', ''],
])('reads what is said, without who says it: %s', (stderr, error) => {
  expect(readWords(stderr).error).toBe(error)
})

test('tells warnings and the words of a plugin from an error', () => {
  expect(readWords('plugin: hello\nWarning: old\nerror: no\nplugin: bye\n')).toEqual({
    error: 'no',
    warnings: ['Warning: old'],
    plugin: ['plugin: hello', 'plugin: bye'],
  })
})
