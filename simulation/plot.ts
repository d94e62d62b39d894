import { paper, text } from '../bench/page/svg.ts'
import type { Pair } from './figures.ts'
import { bucketMs } from './tally.ts'

const width = 960
const plotStart = 56
const plotEnd = 944
const panelHeight = 120
const panelStep = 176
const hourMs = 3_600_000

const style = {
  shapes:
    '.rate { text-anchor: end } .hour { text-anchor: middle } .ours { fill: none; stroke-width: 1.5 }',
  light: '.theirs { fill: #cf222e } .ours { stroke: #1a7f37 } .mark { fill: #1a7f37 }',
  dark: '.theirs { fill: #f85149 } .ours { stroke: #3fb950 } .mark { fill: #3fb950 }',
}

/** The plot: for each pair a panel with the requests per second of both, on a logarithmic scale. */
export function renderPlot(pairs: readonly Pair[]): string {
  const height = 44 + pairs.length * panelStep
  const drawn = [
    `<rect class="mark" x="${plotStart}" y="13" width="12" height="12"/>`,
    text('label', plotStart + 18, 23, 'Kubecred'),
    `<rect class="theirs" x="${plotStart + 100}" y="13" width="12" height="12"/>`,
    text('label', plotStart + 118, 23, 'the kubelet'),
    text('scale', plotStart + 210, 23, 'requests per second, on a logarithmic scale; hours'),
    ...pairs.flatMap((pair, index) => renderPanel(pair, 44 + index * panelStep)),
  ]
  const label = 'Requests for tokens per second, over two days'
  return paper({ width, height, label, style, drawn })
}

function renderPanel(pair: Pair, top: number): string[] {
  const { scenario, tokens, ours, theirs } = pair
  const base = top + 24 + panelHeight
  const both = [columnsOf(ours.tally.buckets), columnsOf(theirs.tally.buckets)] as const
  const most = Math.max(...both.flat())
  const yOf = (rate: number): number => base - heightOf(rate, most)
  const title = `${scenario.title}: ${tokens.toLocaleString('en-US')} tokens`
  return [
    text('title', plotStart, top + 14, title),
    ...renderScale(most, base, scenario.endMs),
    `<path class="theirs" d="${barsOf(both[1], yOf, base)}"/>`,
    `<polyline class="ours" points="${lineOf(both[0], yOf)}"/>`,
  ]
}

/** Requests per second in the fullest ten seconds of each column of the plot. */
function columnsOf(buckets: Uint32Array): number[] {
  const columns = plotEnd - plotStart
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * buckets.length) / columns)
    const until = Math.ceil(((column + 1) * buckets.length) / columns)
    return Math.max(...buckets.subarray(from, until)) / (bucketMs / 1000)
  })
}

// From one request in ten seconds up to the most that there were.
function heightOf(rate: number, most: number): number {
  if (rate === 0) return 0
  return rounded((panelHeight * (Math.log10(rate) + 1)) / (Math.log10(most) + 1))
}

function barsOf(rates: readonly number[], yOf: (rate: number) => number, base: number): string {
  return rates
    .flatMap((rate, column) => {
      const y = yOf(rate)
      return y === base ? [] : [`M${plotStart + column} ${base}V${y}h1V${base}z`]
    })
    .join('')
}

function lineOf(rates: readonly number[], yOf: (rate: number) => number): string {
  return rates.map((rate, column) => `${plotStart + column + 0.5},${yOf(rate)}`).join(' ')
}

function renderScale(most: number, base: number, endMs: number): string[] {
  const powers = Array.from({ length: Math.floor(Math.log10(most)) + 2 }, (_, at) => 10 ** (at - 1))
  const rates = powers.flatMap((rate) => {
    const y = rounded(base - heightOf(rate, most))
    const line = `<line class="grid" x1="${plotStart}" y1="${y}" x2="${plotEnd}" y2="${y}"/>`
    return [line, text('scale rate', plotStart - 8, y + 4, rate.toLocaleString('en-US'))]
  })
  const hours = Array.from({ length: endMs / (6 * hourMs) + 1 }, (_, at) => at * 6)
  const marks = hours.map((hour) => {
    const x = plotStart + ((plotEnd - plotStart) * hour * hourMs) / endMs
    return text('scale hour', x, base + 16, `${hour}`)
  })
  return [...rates, ...marks]
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
