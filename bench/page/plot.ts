import type { Chapter } from './chapters.ts'
import { goalText, standing } from './goal.ts'
import type { Group, Measure } from './results.ts'
import { paper, text } from './svg.ts'
import { verdictFigure } from './table.ts'

interface Bar {
  readonly label: string
  readonly text: string
  /** See `standing`. */
  readonly standing: number
}

const width = 960
const labelEnd = 470
const plotStart = 486
const plotEnd = 716
const lineHeight = 20
const style = {
  shapes: '.title, .label { text-anchor: end } .scale { text-anchor: middle }',
  light: '.met { fill: #1a7f37 } .short { fill: #cf222e } .goal { stroke: #1f2328 }',
  dark: '.met { fill: #3fb950 } .short { fill: #f85149 } .goal { stroke: #f0f6fc }',
}
// As far as bars go, whatever their figure: a tenth of the goal, and ten times better than it.
const furthest = 10

/**
 * The plot: for each figure with a goal a bar from the goal's line, on a logarithmic scale, to the
 * right as far as it is better, to the left as far as it falls short.
 */
export function renderPlot(chapters: readonly Chapter[], groups: readonly Group[]): string {
  const body: string[] = []
  let y = 40
  for (const { name, title } of chapters) {
    const bars = groups.filter((group) => group.name === name).flatMap(barsOf)
    if (bars.length === 0) continue
    y += 12
    body.push(text('title', labelEnd, y + 13, title))
    y += lineHeight
    for (const bar of bars) {
      body.push(...renderBar(bar, y))
      y += lineHeight
    }
  }
  const height = y + 16
  const goal = xOf(1)
  const drawn = [
    renderScale(height),
    ...body,
    `<line class="goal" x1="${goal}" y1="34" x2="${goal}" y2="${height - 10}"/>`,
  ]
  return paper({ width, height, label: 'Each figure of the bench against its goal', style, drawn })
}

function barsOf({ rows }: Group): Bar[] {
  return rows.flatMap(({ work, measures }) =>
    measures.flatMap((measure) => {
      const found = standing(measure)
      return found === undefined ? [] : [barOf(work, measure, found)]
    }),
  )
}

function barOf(work: string, measure: Measure, found: number): Bar {
  return {
    label: `${work}: ${measure.name}`,
    text: `${verdictFigure(measure)}, goal ${goalText(measure)}`,
    standing: found,
  }
}

function renderBar({ label, text: found, standing: at }: Bar, y: number): string[] {
  const met = at >= 1
  const goal = xOf(1)
  const end = xOf(at)
  // What is just as it should be has no length, and is there all the same.
  const length = Math.max(Math.abs(end - goal), 3)
  const start = met ? goal : goal - length
  return [
    text('label', labelEnd, y + 13, label),
    `<rect class="${met ? 'met' : 'short'}" x="${start}" y="${y + 4}" width="${length}" height="11"/>`,
    text('value', plotEnd + 12, y + 13, `${met ? '✓' : '✗'} ${found}`),
  ]
}

function renderScale(height: number): string {
  const marks = [
    [0.1, '⅒'],
    [0.5, '½'],
    [1, 'goal'],
    [2, '2 ×'],
    [10, '10 × better'],
  ] as const
  return marks
    .map(([at, name]) => {
      const x = xOf(at)
      const line = `<line class="grid" x1="${x}" y1="34" x2="${x}" y2="${height - 10}"/>`
      return `${line}\n${text('scale', x, 26, name)}`
    })
    .join('\n')
}

function xOf(at: number): number {
  const bounded = Math.min(Math.max(at, 1 / furthest), furthest)
  const share = (Math.log10(bounded) + 1) / 2
  return Math.round((plotStart + share * (plotEnd - plotStart)) * 10) / 10
}
