import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

import { findKubectl } from '../scripts/find-kubectl.ts'

/** One line of the table. */
export interface Row {
  readonly work: string
  readonly ours: string
  readonly theirs: string
  /** Median of the ratios pair by pair, with smallest and largest. */
  readonly ratio: string
  readonly goal: string
  readonly met: boolean | undefined
}

/** The page with the figures and what they were measured on. */
export function renderPage(rows: readonly Row[], steal: string, date: Date): string {
  const cells = rows.map(
    ({ work, ours, theirs, ratio, goal, met }) =>
      `| ${work} | ${ours} | ${theirs} | ${ratio} | ${goal} | ${verdict(met)} |`,
  )
  return `# Results of \`npm run bench\`

Each row compares two things in one run, in turns; the ratio is the median of the ratios pair by
pair, with the smallest and the largest. Only ratios can be compared between machines.

Measured on ${date.toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}, kubectl ${kubectlVersion()}, processor time taken away by the host: ${steal}.

| work | Kubecred | beside it | ratio | goal | met |
|---|---|---|---|---|---|
${cells.join('\n')}
`
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
