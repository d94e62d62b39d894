import * as fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'

import { defaultPatterns, defaultRules } from '../../src/proxy/default-rules.ts'
import type { FilterRules, Pattern } from '../../src/proxy/filter.ts'

const words = ['/api/', '/pods/', '/exec', '/attach', '/', '\n', '\r', 'api', 'pods', 'exec', '']
const others = ['localhost', '127.0.0.1', '[::1]', '::1', 'GET', '.', 'x', '\u2028', '\ufffd']
const texts = fc
  .array(fc.oneof(fc.constantFrom(...words, ...others), fc.string({ maxLength: 3 })))
  .map((parts) => parts.join(''))

describe.each(Object.keys(defaultRules) as (keyof FilterRules)[])('%s', (name) => {
  test('means what its regular expressions mean', () => {
    const ours = defaultRules[name]
    const theirs = defaultPatterns[name].split(',').map((pattern) => RE2JS.compile(pattern))
    const matches = (patterns: readonly Pattern[], text: string): boolean =>
      patterns.some((pattern) => pattern.test(text))
    fc.assert(
      fc.property(texts, (text) => {
        expect(matches(ours, text)).toBe(matches(theirs, text))
      }),
      { numRuns: 2000 },
    )
  })
})

test.each([
  ['/api/v1/namespaces/x/pods/y/exec', true],
  ['/api/v1/namespaces/x/pods/y/attach', true],
  ['/api//pods//exec', true],
  ['/api/pods/x/exec', false],
  ['/api/v1/pods/exec', false],
  ['/api/v1/pods//exec', true],
  ['/apis/x/pods/y/exec', false],
  ['/api/v1/pods/x\n/exec', false],
])('%j is refused: %s', (path, refused) => {
  expect(defaultRules.rejectPaths.some((pattern) => pattern.test(path))).toBe(refused)
})
