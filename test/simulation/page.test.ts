import { expect, test } from 'vitest'

import { playPair, rowOf } from '../../simulation/figures.ts'
import { renderPage } from '../../simulation/page.ts'
import { renderPlot } from '../../simulation/plot.ts'
import { scenarios } from '../../simulation/scenario.ts'

const [rollout] = scenarios
if (rollout === undefined) throw new Error('there is no scenario')
const pair = playPair(rollout, 500, 1)

test('the page has a chapter for each scenario, with a row for each number of tokens', () => {
  const page = renderPage([{ scenario: rollout, rows: [rowOf(pair, 1)] }])
  expect(page).toContain('**4 of 4 goals are met.**')
  expect(page).toMatch(/## A rollout\n\nAll tokens are made within one minute/u)
  expect(page).toMatch(/\| 500 tokens \| \d.*✓ ≤ 105 %/u)
})

test('the plot shows both as far as the highest peak, with hours and rates', () => {
  const plot = renderPlot([pair])
  expect(plot).toContain('A rollout: 500 tokens')
  const [path = ''] = plot.match(/<path class="theirs" d="[^"]+"/u) ?? []
  // A storm at the beginning, and one every 48 minutes.
  const storms = path
    .split('M')
    .slice(1)
    .map((bar) => Number.parseInt(bar, 10))
  const gaps = storms.filter((x, index) => x - (storms[index - 1] ?? 0) > 2)
  expect(gaps).toHaveLength(60)
  const [line = ''] = plot.match(/<polyline class="ours" points="[^"]+"/u) ?? []
  expect(line.split(' ').length).toBeGreaterThan(800)
  expect(plot.match(/class="scale hour"[^>]*>\d+</gu)).toHaveLength(9)
})
