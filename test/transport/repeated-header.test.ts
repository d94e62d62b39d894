import { expect, test } from 'vitest'

import { hasRepeatedHeader } from '../../src/transport/repeated-header.ts'

test.each([
  [['a', '1', 'b', '2'], false],
  [['a', 'b', 'b', 'a'], false],
  [['Impersonate-Group', 'x', 'impersonate-group', 'y'], true],
  [['a', '1', 'b', '2', 'A', '1'], true],
  [[], false],
  [undefined, false],
])('%j has a repeated header: %s', (headers, expected) => {
  expect(hasRepeatedHeader(headers)).toBe(expected)
})
