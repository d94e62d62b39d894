import { figure } from './figure.ts'
import type { Group, Measure } from './results.ts'

/** A figure that shows what a row of docs/DIFFERENCES.md comes to. */
export interface MeasuredDifference {
  /** Name of the row. */
  readonly difference: string
  readonly what: string
  readonly group: string
  /** How the bench's row begins. */
  readonly work: string
  readonly measure: string
}

/** The differences that the bench measures. */
export const measuredDifferences: readonly MeasuredDifference[] = [
  {
    difference: 'renews-ahead',
    what: 'slowest request through the end of a token, above the usual; the plugin takes 1 s',
    group: 'expiry',
    work: 'requests through',
    measure: 'slowest, above the usual',
  },
  {
    difference: 'rotation-drains',
    what: 'requests of 10,000 that were lost when the client certificate rotated under them',
    group: 'rotation',
    work: '10,000 requests',
    measure: 'lost',
  },
  {
    difference: 'cooldown',
    what: 'runs of a plugin that fails, with 100 requests at once',
    group: 'sickness',
    work: 'a plugin that fails',
    measure: 'plugin runs',
  },
  {
    difference: 'cooldown',
    what: 'until the last of these requests had its answer',
    group: 'sickness',
    work: 'a plugin that fails',
    measure: 'until the last answer',
  },
  {
    difference: 'replays-401',
    what: '401s that callers got when the server took a token back, 16 requests at a time',
    group: 'sickness',
    work: 'a token taken back',
    measure: '401s for the client',
  },
  {
    difference: 'bounded-run',
    what: 'peak memory under a plugin that prints 200 MB',
    group: 'sickness',
    work: 'a plugin that prints',
    measure: 'peak memory',
  },
]

const begin = '<!-- measured: written by npm run bench -->'
const end = '<!-- /measured -->'

/**
 * docs/DIFFERENCES.md with the pairs that were measured last in their place.
 *
 * @throws Error when the page has no place for them.
 */
export function withMeasuredPairs(page: string, groups: readonly Group[]): string {
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`the page has no ${begin}`)
  const rows = measuredDifferences.flatMap((wanted) => {
    const found = find(groups, wanted)
    if (found?.theirs === undefined) return []
    const { ours, theirs, unit } = found
    const row = [wanted.what, figure(theirs, unit), figure(ours, unit), `\`${wanted.difference}\``]
    return [`| ${row.join(' | ')} |`]
  })
  const table = ['| measured | client-go | Kubecred | row below |', '|---|---|---|---|', ...rows]
  return [before, begin, '\n\n', table.join('\n'), '\n\n', end, after].join('')
}

function find(groups: readonly Group[], wanted: MeasuredDifference): Measure | undefined {
  return groups
    .filter(({ name }) => name === wanted.group)
    .flatMap(({ rows }) => rows)
    .filter(({ work }) => work.startsWith(wanted.work))
    .flatMap(({ measures }) => measures)
    .find(({ name }) => name === wanted.measure)
}
