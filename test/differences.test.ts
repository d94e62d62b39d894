import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import { themes } from '../scripts/behaviour/themes.ts'
import { differenceRows, differences } from './differences.ts'

const named = globSync('test/**/*.ts').flatMap((path) => {
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/\bdifference\('([^']*)'\)/gu)].map(([, name = '']) => name)
})

// An entry of BEHAVIOUR.md that is better than client-go brings tests that show so.
const proved = themes.flatMap(({ entries }) => entries.flatMap(({ better = [] }) => better))
const uses = [...named, ...proved]

test('every row of DIFFERENCES.md is shown by a test', () => {
  const shown = new Set(uses)
  expect([...differences.keys()].filter((name) => !shown.has(name))).toEqual([])
})

test('every difference that a test names has its row', () => {
  expect(uses.filter((name) => !differences.has(name))).toEqual([])
})

test('no name stands for two rows of DIFFERENCES.md', () => {
  const names = differenceRows.map(({ name }) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})
