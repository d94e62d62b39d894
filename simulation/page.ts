import { isMet } from '../bench/page/goal.ts'
import type { Row } from '../bench/page/results.ts'
import { renderTable } from '../bench/page/table.ts'
import type { Scenario } from './scenario.ts'

/** A scenario with its figures, a row for each number of tokens. */
export interface Chapter {
  readonly scenario: Scenario
  readonly rows: readonly Row[]
}

/** The page: what is simulated, the plot, each scenario with its table. */
export function renderPage(chapters: readonly Chapter[]): string {
  return `# Storms of token requests

Written by \`npm run simulate -- --page\`.

The kubelet renews a token when 80 % of its life have passed, give or take nine seconds. Tokens that were made in the same
minute are renewed in the same minute, 48 minutes later, and every 48 minutes from then on
([kubernetes#124646](https://github.com/kubernetes/kubernetes/issues/124646)). Kubecred gives each token moments of its
own, told by a hash of node and key, and renews it at the last of them before the kubelet would: a token's first life
is cut short somewhere, and the storm is gone for good.

![Requests per second over 48 hours, on a logarithmic scale: the kubelet's storms, and Kubecred's even flow.](TOKEN-STORMS.svg)

**${verdict(chapters)}**

The simulation has the real schedule (\`spreadLife\`, \`placeOf\`), the real cooldowns and the real defaults of a
\`TokenManager\`, under a clock of its own; the gate that requests go through is a model, which a test holds against the
real one. Beside it stands the algorithm of the kubelet's token manager, as of 1.34. Tokens of an hour are kept for 48
hours. The server answers after 10 ms, in whole seconds. A node has 100 tokens, where nothing else is said.

In the tables: Kubecred's figure : the kubelet's; below them the goal, met (✓) or not (✗).

- *Peak to mean*: the fullest ten seconds to the mean, after two cycles; at most 1.25 from 100,000 tokens up, and 1.1 times
  an ideal spread where there are fewer, or clocks are minutes off. *An ideal spread*: the same of as many
  requests at independent random moments, which is as even as chance can be; with few tokens no spread is even.
- *Requests*: over the 48 hours, of those that it takes to renew each token at exactly 80 % of its life, which would be
  as few as can be, and storms, too.
- *Latest renewal*: how much of its life a token had passed at most when it was renewed, looks once a minute included;
  what fell due while the server did not answer has a column of its own.
- *Ended before they were renewed*: whoever asked for one then had to wait, and got the next one.

${chapters.map(renderChapter).join('\n')}`
}

/** One scenario: a heading, what happens, the table. */
export function renderChapter({ scenario: { title, what }, rows }: Chapter): string {
  return [`## ${title}`, '', what, '', ...renderTable(rows), ''].join('\n')
}

function verdict(chapters: readonly Chapter[]): string {
  const judged = chapters
    .flatMap(({ rows }) => rows)
    .flatMap(({ measures }) => measures.map(isMet))
    .filter((met) => met !== undefined)
  return `${judged.filter((met) => met).length} of ${judged.length} goals are met.`
}
