// Simulates storms of token requests: npm run simulate; npm run simulate -- --help says what else.
import { writeFile } from 'node:fs/promises'

import { isMet } from '../bench/page/goal.ts'
import { answerPlainly, isPlain } from '../scripts/plain-wish.ts'
import { readArguments, usage } from './arguments.ts'
import { playPair, rowOf, type Pair } from './figures.ts'
import { renderChapter, renderPage, type Chapter } from './page.ts'
import { renderPlot } from './plot.ts'
import { scenarios, type Scenario } from './scenario.ts'

const plottedTokens = 100_000
const plotted = ['rollout', 'restart', 'outage', 'clocks']
const quick: Readonly<Record<string, readonly number[]>> = {
  rollout: [10_000, 100_000],
  restart: [10_000],
  clocks: [10_000],
  outage: [10_000, 100_000],
}

const wish = readArguments(process.argv.slice(2))
if (isPlain(wish)) answerPlainly(wish, usage)
else await perform(wish.page, wish.seed)

async function perform(page: boolean, seed: number): Promise<void> {
  const chapters: Chapter[] = []
  const shown: Pair[] = []
  for (const scenario of scenarios) {
    const sizes = page ? scenario.sizes : (quick[scenario.name] ?? [])
    if (sizes.length === 0) continue
    const pairs = sizes.map((tokens) => play(scenario, tokens, seed))
    const chapter = { scenario, rows: pairs.map((pair) => rowOf(pair, seed)) }
    process.stdout.write(`\n${renderChapter(chapter)}\n`)
    chapters.push(chapter)
    shown.push(...pairs.filter(({ tokens }) => tokens === plottedTokens))
  }
  const measures = chapters.flatMap(({ rows }) => rows).flatMap((row) => row.measures)
  if (measures.some((measure) => isMet(measure) === false)) process.exitCode = 1
  if (page) await writePage(chapters, shown)
}

function play(scenario: Scenario, tokens: number, seed: number): Pair {
  const startedAt = performance.now()
  const pair = playPair(scenario, tokens, seed)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`${scenario.name}, ${tokens.toLocaleString('en-US')} tokens: ${seconds} s\n`)
  return pair
}

async function writePage(chapters: readonly Chapter[], shown: readonly Pair[]): Promise<void> {
  const docs = new URL('../docs/', import.meta.url)
  const drawn = shown.filter(({ scenario }) => plotted.includes(scenario.name))
  await writeFile(new URL('TOKEN-STORMS.md', docs), renderPage(chapters))
  await writeFile(new URL('TOKEN-STORMS.svg', docs), renderPlot(drawn))
  process.stdout.write('written: docs/TOKEN-STORMS.md with its plot\n')
}
