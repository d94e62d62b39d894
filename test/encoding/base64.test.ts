import { expect, test } from 'vitest'

import { isBase64 } from '../../src/encoding/base64.ts'

test.each(['', 'aGk=', 'aG\r\nk=', 'aGkh', 'aA==', 'aGl='])('%j is base64 to Go', (text) => {
  expect(isBase64(text)).toBe(true)
})

test.each(['aGk', 'a===', 'aG k=', 'aGk=\t', 'a-k_', '====', 'aGk=aGk=', 'é'])(
  '%j is none',
  (text) => {
    expect(isBase64(text)).toBe(false)
  },
)
