import type { Chapter } from './chapters.ts'
import { goalText, isMet } from './goal.ts'
import type { Conditions, Group } from './results.ts'
import { whyShort, type Shortfall } from './shortfalls.ts'
import { renderTable, verdictFigure } from './table.ts'

/** The page: the plot, what falls short and why, then each group with its table. */
export function renderPage(
  chapters: readonly Chapter[],
  groups: readonly Group[],
  shortfalls: readonly Shortfall[],
): string {
  const told = chapters.flatMap((chapter) => {
    const group = groups.find(({ name }) => name === chapter.name)
    return group === undefined ? [] : [renderGroup(chapter, group)]
  })
  return `# Results of \`npm run bench\`

Written by the bench. Kubecred and the program beside it do the same work in turns, on one machine, in one run: only
ratios can be compared between machines.

![Each figure against its goal: a bar to the right of the line is better than the goal.](RESULTS.svg)

${renderSummary(chapters, groups, shortfalls)}

In the tables: Kubecred's figure : that of the program beside it, each the median of its rounds; below them the median of
the ratios pair by pair, with the smallest and the largest; below that the goal, met (✓) or not (✗).

${told.join('\n')}`
}

/** How many goals are met; those that are not, each with the reason. */
function renderSummary(
  chapters: readonly Chapter[],
  groups: readonly Group[],
  shortfalls: readonly Shortfall[],
): string {
  const judged = chapters.flatMap(({ name, title }) =>
    groups
      .filter((group) => group.name === name)
      .flatMap(({ rows }) => rows)
      .flatMap(({ work, measures }) => measures.map((measure) => ({ name, title, work, measure })))
      .filter(({ measure }) => isMet(measure) !== undefined),
  )
  const short = judged.filter(({ measure }) => isMet(measure) === false)
  const head = `**${judged.length - short.length} of ${judged.length} goals are met.**`
  if (short.length === 0) return head
  const lines = short.map(({ name, title, work, measure }) => {
    const why = whyShort(shortfalls, name, work, measure.name)
    const found = `${verdictFigure(measure)}, goal ${goalText(measure)}`
    return `- ${title}: ${work}, ${measure.name}: ${found}${why === undefined ? '' : `; ${why}`}`
  })
  return [`${head} Short of theirs are:`, '', ...lines].join('\n')
}

/** One group: a heading, what is measured, the table. */
export function renderGroup(
  { title, what }: Chapter,
  { rows, leftOut = [], measured }: Group,
): string {
  const lines = [`## ${title}`, '', what, '']
  if (rows.length > 0) lines.push(...renderTable(rows), '')
  for (const reason of leftOut) lines.push(`Left out: ${reason}`, '')
  return [...lines, describe(measured), ''].join('\n')
}

/** What the figures were measured on, and how quiet it was. */
function describe({ date, processor, cores, node, kubectl, load, quick }: Conditions): string {
  const machine = `${processor}, ${cores} cores, Node ${node}, kubectl ${kubectl}`
  const warning = quick ? ' **In a hurry (`--quick`): these figures say nothing.**' : ''
  return `Measured on ${date.slice(0, 10)}: ${machine}; load average before it began ${load.toFixed(2)}.${warning}`
}
