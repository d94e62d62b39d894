import { expect, test } from 'vitest'

import type { Look } from '../../soak/holdings.ts'
import { Journal } from '../../soak/journal.ts'
import { renderPage } from '../../soak/page.ts'

const nothing: Look = {
  holdings: {
    objects: {},
    resources: {},
    descriptors: {},
    children: 0,
    listeners: 0,
    sources: 0,
  },
  heapBytes: 0,
}

function page(journal: Journal): string {
  const counts = { seed: 7, seconds: 60, uploads: 0, plugins: new Map() }
  return renderPage({ ...counts, journal, begin: nothing, end: nothing })
}

test('the page says that no promise was broken', () => {
  expect(page(new Journal(() => undefined))).toMatch(/no promise was broken; seed 7, 60 s\n$/u)
})

test('it sums up the promises that were broken, each kind with what was felt at the first', () => {
  const journal = new Journal(() => undefined)
  journal.oracle.begin('a fault', [], 0)
  for (const tookMs of [3, 12]) {
    const failure = { client: 'undici', operation: 'echo', trouble: 'lost', startedAt: 0 } as const
    journal.failed({ ...failure, endedAt: tookMs }, new Error('no more'))
  }
  journal.settle()
  journal.breaks('left over: sockets')
  const lines = page(journal).split('\n')
  expect(lines).toContainEqual(
    expect.stringMatching(/^ +2 {2}undici: echo ended with "lost"; first at .* s, felt: a fault$/u),
  )
  expect(lines).toContainEqual(expect.stringMatching(/^ +1 {2}left over: sockets; first at/u))
  expect(lines.at(-2)).toContain('3 promises were broken; seed 7')
})
