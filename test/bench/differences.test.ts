import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { measuredDifferences, withMeasuredPairs } from '../../bench/page/differences.ts'
import { readResults, type Group } from '../../bench/page/results.ts'
import { difference } from '../differences.ts'

const page = readFileSync(new URL('../../docs/DIFFERENCES.md', import.meta.url), 'utf8')

test('every measured pair is about a row that there is', () => {
  for (const measured of measuredDifferences) {
    expect(difference(measured.difference).ours).not.toBe('')
  }
})

test('docs/DIFFERENCES.md has the pairs that were measured last', () => {
  expect(withMeasuredPairs(page, readResults())).toBe(page)
})

test('a pair takes the place of the one before, and a figure without its other side has none', () => {
  const lost = { name: 'lost', unit: '', ours: 0, theirs: 77 }
  const fails = { name: 'plugin runs', unit: '', ours: 1 }
  const groups = [
    { name: 'rotation', rows: [{ work: '10,000 requests through rotations', measures: [lost] }] },
    { name: 'sickness', rows: [{ work: 'a plugin that fails, 100 at once', measures: [fails] }] },
  ] as unknown as readonly Group[]
  const written = withMeasuredPairs(page, groups)
  const rows = written.split('\n').filter((line) => /^\| .* \| `[\w-]+` \|$/u.test(line))
  expect(rows).toEqual([
    '| requests of 10,000 that were lost when the client certificate rotated under them | 77 | 0 | `rotation-drains` |',
  ])
  expect(withMeasuredPairs(written, readResults())).toBe(page)
})

test('a page without a place for them is an error', () => {
  expect(() => withMeasuredPairs('# Nothing', [])).toThrow('the page has no <!-- measured')
})
