import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

import { findKubectl } from '../scripts/find-kubectl.ts'

/** One line of a table. */
export interface Row {
  readonly work: string
  readonly ours: string
  readonly theirs: string
  /** Median of the ratios pair by pair, with smallest and largest. */
  readonly ratio: string
  readonly goal: string
  readonly met: boolean | undefined
  /** Processor time that the machine's host took away while this was measured. */
  readonly steal: string
}

/** What one part of the bench found. */
export interface Part {
  readonly title: string
  readonly rows: readonly Row[]
  /** Why there are no rows, or fewer than there could be. */
  readonly leftOut?: string | undefined
}

/** The machine while it measured. */
export interface Conditions {
  readonly date: Date
  readonly steal: string
  /** Load average of the minute before. */
  readonly load: string
}

/** The page with the figures and what they were measured on. */
export function renderPage(parts: readonly Part[], conditions: Conditions): string {
  return `# Results of \`npm run bench\`

Each row compares two things in one run, in turns; the ratio is the median of the ratios pair by
pair, with the smallest and the largest. Only ratios can be compared between machines.

${describeMachine(conditions)}

${parts.map(renderPart).join('\n')}`
}

/** One part: a heading and a table. */
export function renderPart({ title, rows, leftOut }: Part): string {
  const lines = [`## ${title}`, '']
  if (leftOut !== undefined) lines.push(`Left out: ${leftOut}`, '')
  if (rows.length > 0) lines.push(...renderTable(rows), '')
  return lines.join('\n')
}

/** What the figures were measured on, and how quiet it was. */
export function describeMachine({ date, steal, load }: Conditions): string {
  return `Measured on ${date.toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}, kubectl ${kubectlVersion()}, processor time taken away by the host: ${steal}, load average before it began: ${load}.`
}

function renderTable(rows: readonly Row[]): string[] {
  return [
    '| work | Kubecred | beside it | ratio | goal | met | steal |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(
      ({ work, ours, theirs, ratio, goal, met, steal }) =>
        `| ${work} | ${ours} | ${theirs} | ${ratio} | ${goal} | ${verdict(met)} | ${steal} |`,
    ),
  ]
}

function verdict(met: boolean | undefined): string {
  if (met === undefined) return '–'
  return met ? 'yes' : 'no'
}

function kubectlVersion(): string {
  const kubectl = findKubectl()
  if (kubectl === undefined) return 'not installed'
  const text = execFileSync(kubectl, ['version', '--client', '-o', 'json'], { encoding: 'utf8' })
  // kubectl's own shape; a wrong one shows in the report and nowhere else.
  return (JSON.parse(text) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion
}
