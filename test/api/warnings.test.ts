import { expect, test } from 'vitest'

import { warningsIn } from '../../src/api/warnings.ts'

test('the texts of persistent warnings are found, each once', () => {
  const headers = [
    ['Warning', '299 - "old thing"'],
    ['content-type', '299 - "not this"'],
    ['warning', String.raw`299 - "old thing", 299 agent "with \"quotes\" and \\"`],
    ['warning', '199 - "passing"'],
    ['warning', 'without form'],
  ]
  expect(warningsIn(headers.flat())).toEqual(['old thing', String.raw`with "quotes" and \ `.trim()])
})

test('a warning cannot move the cursor', () => {
  expect(warningsIn(['Warning', '299 - "a\u001b[2Jb"'])).toEqual(['a\uFFFD[2Jb'])
})
