import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import { differences } from './differences.ts'

const uses = globSync('test/**/*.ts').flatMap((path) => {
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/\bdifference\('([^']*)'\)/gu)].map(([, name = '']) => name)
})

test('every row of DIFFERENCES.md is shown by a test', () => {
  const shown = new Set(uses)
  expect([...differences.keys()].filter((name) => !shown.has(name))).toEqual([])
})

test('every difference that a test names has its row', () => {
  expect(uses.filter((name) => !differences.has(name))).toEqual([])
})
