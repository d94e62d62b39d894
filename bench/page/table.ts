import { figure, spreadText } from './figure.ts'
import { goalText, isMet } from './goal.ts'
import type { Measure, Row } from './results.ts'

/** The figure that a goal judges: the ratio, or Kubecred's own. */
export function verdictFigure({ ours, unit, ratio, goal }: Measure): string {
  return goal?.of === 'ratio' && ratio !== undefined ? spreadText(ratio) : figure(ours, unit)
}

/** The lines of a table with a row for each piece of work, and a column for each measure. */
export function renderTable(rows: readonly Row[]): string[] {
  const names = [...new Set(rows.flatMap(({ measures }) => measures.map(({ name }) => name)))]
  const others = [...new Set(rows.map(({ beside }) => beside).filter((one) => one !== ''))]
  // What is the same for all rows stands in the head.
  const [same = ''] = others.length === 1 ? others : []
  const head = same === '' ? 'work' : `work, beside it ${same}`
  // What is only counted takes no processor time from anybody.
  const isTimed = rows.some(({ stealPercent }) => stealPercent !== undefined)
  const columns = [head, ...names, ...(isTimed ? ['steal'] : [])]
  return [
    `| ${columns.join(' | ')} |`,
    `|${'---|'.repeat(columns.length)}`,
    ...rows.map((row) => {
      const cells = names.map((name) => cell(row.measures.find((one) => one.name === name)))
      const work =
        row.beside === '' || row.beside === same ? row.work : `${row.work}; beside it ${row.beside}`
      const steal = isTimed ? [stealText(row.stealPercent)] : []
      return `| ${[work, ...cells, ...steal].join(' | ')} |`
    }),
  ]
}

function cell(measure: Measure | undefined): string {
  if (measure === undefined) return '–'
  const { ours, theirs, unit, ratio } = measure
  const figures = theirs === undefined ? figure(ours, unit) : pair(ours, theirs, unit)
  const met = isMet(measure)
  return [
    figures,
    ...(ratio === undefined ? [] : [`**${spreadText(ratio)}**`]),
    ...(met === undefined ? [] : [`${met ? '✓' : '✗'} ${goalText(measure)}`]),
  ].join('<br>')
}

function pair(ours: number, theirs: number, unit: string): string {
  return `${figure(ours)} : ${figure(theirs, unit)}`
}

function stealText(percent: number | undefined): string {
  return percent === undefined ? '–' : `${percent.toFixed(1)} %`
}
