import { expect, test } from 'vitest'

import { shrink } from './shrink.ts'

test('what does not matter is taken out', async () => {
  const long = Buffer.from(`${'a'.repeat(500)}X${'b'.repeat(300)}Y${'c'.repeat(100)}`)
  const needs = (bytes: Uint8Array): Promise<boolean> =>
    Promise.resolve(/X[^]*Y/u.test(Buffer.from(bytes).toString()))
  expect(Buffer.from(await shrink(long, needs)).toString()).toBe('XY')
})
