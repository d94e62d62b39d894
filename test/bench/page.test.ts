import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { groups } from '../../bench/groups.ts'
import { chapters } from '../../bench/page/chapters.ts'
import { figureAtMost, ratioAtLeast } from '../../bench/page/goal.ts'
import { renderPage } from '../../bench/page/page.ts'
import { renderPlot } from '../../bench/page/plot.ts'
import { readResults, replaceGroup, type Group } from '../../bench/page/results.ts'
import { shortfalls, whyShort, type Shortfall } from '../../bench/page/shortfalls.ts'

const measured = {
  date: '2026-11-24T10:00:00.000Z',
  processor: 'a processor',
  cores: 2,
  node: '24.0.0',
  kubectl: 'v1.36.0',
  load: 0.5,
  quick: false,
}

const speed: Group = {
  name: 'speed',
  measured,
  rows: [
    {
      work: 'much & little',
      beside: 'kubectl proxy',
      measures: [
        {
          name: 'requests',
          unit: 'per s',
          ours: 3000,
          theirs: 1000,
          ratio: { median: 3, min: 2.5, max: 3.5 },
          goal: ratioAtLeast(4),
        },
        { name: 'lost', unit: '', ours: 0, theirs: 20, goal: figureAtMost(0) },
      ],
      stealPercent: 0.25,
    },
    { work: 'nothing at all', beside: '', measures: [{ name: 'lost', unit: '', ours: 1 }] },
  ],
}

const told = [
  { name: 'speed', title: 'Speed', what: 'What is fast.' },
  { name: 'absent', title: 'Absent', what: 'What nobody has measured.' },
]

test('the page has a row for each work, with figures, ratio, goal and whether it is met', () => {
  const page = renderPage(told, [speed], [])
  const table = page.split('\n').filter((line) => line.startsWith('| '))
  expect(table).toEqual([
    '| work, beside it kubectl proxy | requests | lost | steal |',
    '| much & little | 3,000 : 1,000 per s<br>**3.00 (2.50–3.50)**<br>✗ ≥ 4 | 0 : 20<br>✓ 0 | 0.3 % |',
    '| nothing at all | – | 1 | – |',
  ])
})

test('the page says when and on what each group was measured', () => {
  const later: Group = { ...speed, name: 'absent', measured: { ...measured, date: '2027-01-02' } }
  const page = renderPage(told, [speed, later], [])
  expect(page).toMatch(/## Speed[^#]*Measured on 2026-11-24: a processor, 2 cores[^#]*## Absent/u)
  expect(page).toMatch(/## Absent[^#]*Measured on 2027-01-02/u)
})

test('the page says what falls short, and why where that is known', () => {
  const why = { group: 'speed', why: 'the server is asleep' }
  expect(renderPage(told, [speed], [why])).toContain(
    '**1 of 2 goals are met.** Short of theirs are:\n\n- Speed: much & little, requests: 3.00 (2.50–3.50), goal ≥ 4; the server is asleep\n',
  )
})

test('the closest reason is the one that is told', () => {
  const known: Shortfall[] = [
    { group: 'speed', why: 'for all' },
    { group: 'speed', measure: 'p99', why: 'for the measure' },
    { group: 'speed', work: 'a', why: 'for the row' },
    { group: 'speed', work: 'a', measure: 'p99', why: 'for the figure' },
  ]
  const whys = (['a p99', 'a p50', 'b p99', 'b p50'] as const).map((which) => {
    const [work = '', measure = ''] = which.split(' ')
    return whyShort(known, 'speed', work, measure)
  })
  expect(whys).toEqual(['for the figure', 'for the row', 'for the measure', 'for all'])
  expect(whyShort(known, 'other', 'a', 'p99')).toBeUndefined()
})

test('what could not be measured stands on the page with its reason', () => {
  const none = { ...speed, rows: [], leftOut: ['wrk is not installed.'] }
  expect(renderPage(told, [none], [])).toContain('Left out: wrk is not installed.')
})

test('figures of a hurried run are marked as such', () => {
  const hurried = { ...speed, measured: { ...measured, quick: true } }
  expect(renderPage(told, [hurried], [])).toContain('these figures say nothing')
})

test('a group that is measured again takes the place of the one before, and of no other', () => {
  const other = { ...speed, name: 'other' }
  const again = { ...speed, rows: [] }
  expect(replaceGroup([speed, other], again)).toEqual([other, again])
})

test('the plot has a bar for each figure with a goal, on the side where it belongs', () => {
  const plot = renderPlot(told, [speed])
  const bars = [
    ...plot.matchAll(/<rect class="(met|short)" x="([\d.]+)" y="\d+" width="([\d.]+)"/gu),
  ]
  const goal = Number(/<line class="goal" x1="([\d.]+)"/u.exec(plot)?.[1])
  expect(bars.map(([, kind]) => kind)).toEqual(['short', 'met'])
  expect(Number(bars[0]?.[2]) + Number(bars[0]?.[3])).toBeCloseTo(goal)
  expect(Number(bars[1]?.[2])).toBe(goal)
})

test('the plot can be read in light and dark, and is well-formed', () => {
  const plot = renderPlot(told, [speed])
  expect(plot).toContain('prefers-color-scheme: dark')
  expect(plot).toContain('much &amp; little')
  expect(plot.match(/<text/gu)).toHaveLength(plot.match(/<\/text>/gu)?.length ?? 0)
})

test('every group of the bench has its chapter, and every chapter its group', () => {
  expect(Object.keys(groups)).toEqual(chapters.map(({ name }) => name))
})

test('every reason for a shortfall is about a group that there is', () => {
  expect(shortfalls.filter(({ group }) => !(group in groups))).toEqual([])
})

test.for([
  ['RESULTS.md', () => renderPage(chapters, readResults(), shortfalls)],
  ['RESULTS.svg', () => renderPlot(chapters, readResults())],
] as const)('bench/%s is what the kept figures make of it', ([name, render]) => {
  const file = new URL(`../../bench/${name}`, import.meta.url)
  expect(readFileSync(file, 'utf8')).toBe(render())
})
