import { describe, expect, test } from 'vitest'

import { leftOver, type Look } from '../../soak/holdings.ts'
import { Journal } from '../../soak/journal.ts'
import { renderPage } from '../../soak/page.ts'

const empty: Look = {
  holdings: { objects: {}, resources: {}, descriptors: {}, children: 0, listeners: 0, sources: 0 },
  heapBytes: 0,
}

describe('what is left over', () => {
  test('is nothing when everything is as it was, or less', () => {
    const begin = {
      ...empty,
      holdings: { ...empty.holdings, children: 1, objects: { Renewer: 1 } },
    }
    expect(leftOver(begin, begin)).toEqual([])
    expect(leftOver(begin, empty)).toEqual([])
  })

  test.each([
    [{ children: 1 }, 'child processes: 0 at the beginning, 1 at the end'],
    [{ listeners: 2 }, 'listeners on the process: 0 at the beginning, 2 at the end'],
    [{ sources: 1 }, 'shared credential sources: 0 at the beginning, 1 at the end'],
    [{ objects: { Exchange: 3 } }, 'Exchange: 0 at the beginning, 3 at the end'],
    [{ descriptors: { socket: 1 } }, 'socket: 0 at the beginning, 1 at the end'],
    [{ resources: { Timeout: 1 } }, 'Timeout: 0 at the beginning, 1 at the end'],
  ])('is told: %o', (more, words) => {
    expect(leftOver(empty, { ...empty, holdings: { ...empty.holdings, ...more } })).toEqual([words])
  })

  test('is memory as well, when it is much', () => {
    expect(leftOver(empty, { ...empty, heapBytes: 2 ** 20 })).toEqual([])
    expect(leftOver(empty, { ...empty, heapBytes: 2 ** 26 })).toEqual([
      'heap: 64.0 MiB more at the end',
    ])
  })
})

test('the page tells of requests, faults, plugins and what is held, and repeats the seed', () => {
  const journal = new Journal(() => undefined)
  journal.succeeded('undici', 1)
  journal.count('a fault')
  const plugins = new Map([['undici', { runs: 12, failed: 3 }]])
  const results = { seed: 42, seconds: 61, journal, plugins, uploads: 1234, begin: empty }
  const page = renderPage({ ...results, end: empty })
  expect(page).toMatch(/undici +1 +0 +0/u)
  expect(page).toMatch(/1,234, none of them twice/u)
  expect(page).toMatch(/1 {2}a fault/u)
  expect(page).toMatch(/undici +12 +3/u)
  expect(page).toContain('no promise was broken; seed 42, 61 s')
  journal.breaks('something')
  expect(renderPage({ ...results, end: empty })).toContain('1 promises were broken')
})
