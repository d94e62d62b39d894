import { expect, test } from 'vitest'

import { completeHeaders, readHeaders } from '../../src/cli/request-headers.ts'

const secret = 'KUBECRED-PLANTED-SECRET-header'

test('names and values are told apart at the first colon', () => {
  expect(readHeaders(['A: b', 'X-Time:12:30 ', 'Empty:'])).toEqual([
    ['A', 'b'],
    ['X-Time', '12:30'],
    ['Empty', ''],
  ])
})

test.each([
  ['no colon', secret],
  ['no name', `: ${secret}`],
  ['a name with a space', `a b: ${secret}`],
  ['a value with a line end', `A: ${secret}\r\nB: c`],
  ['a value that is not Latin-1', `A: ${secret} ł`],
  ['a header of the connection', `Transfer-Encoding: ${secret}`],
  ['the host', `host: ${secret}`],
])('%s is a mistake, and the value is not told', (_what, line) => {
  const read = (): unknown => readHeaders([line])
  expect(read).toThrow(expect.objectContaining({ exitCode: 2 }))
  expect(read).not.toThrow(secret)
})

test('defaults are added where the caller leaves a header open', () => {
  const given = [['accept', 'text/plain']] as const
  const defaults = { Accept: '*/*', 'Content-Type': 'a/b', 'Accept-Encoding': undefined }
  expect(completeHeaders(given, defaults)).toEqual(['accept', 'text/plain', 'Content-Type', 'a/b'])
})
