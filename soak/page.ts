import type { Look } from './holdings.ts'
import type { BrokenPromise, Journal } from './journal.ts'

/** What a soak came to. */
export interface Results {
  readonly seed: number
  readonly seconds: number
  readonly journal: Journal
  /** Plugin runs and failed ones, by client. */
  readonly plugins: ReadonlyMap<string, { readonly runs: number; readonly failed: number }>
  readonly uploads: number
  readonly begin: Look
  readonly end: Look
}

/** The page that sums a soak up, for a terminal. */
export function renderPage(results: Results): string {
  return [
    ...requests(results),
    '',
    ...faults(results),
    '',
    ...pluginRuns(results),
    '',
    ...figures(results),
    '',
    ...brokenPromises(results),
    verdict(results),
    '',
  ].join('\n')
}

function requests({ journal, uploads }: Results): string[] {
  const lines = [...journal.tallies].toSorted(byName).map(([client, tally]) => {
    const troubles = [...tally.troubles].toSorted(byName).map(([name, count]) => `${name} ${count}`)
    const counts = [tally.ok, tally.explained, tally.broken].map((count) => column(count))
    return `${client.padEnd(16)}${counts.join('')}  ${troubles.join(', ')}`
  })
  const head = `${'requests'.padEnd(16)}${['done', 'explained', 'broken'].map((name) => name.padStart(10)).join('')}`
  return [head, ...lines, `${'uploads'.padEnd(16)}${column(uploads)}, none of them twice`]
}

function faults({ journal }: Results): string[] {
  const lines = [...journal.faults]
    .toSorted(byName)
    .map(([name, count]) => `${column(count)}  ${name}`)
  return [`${'faults'.padStart(10)}  of ${journal.faults.size} kinds`, ...lines]
}

function pluginRuns({ plugins }: Results): string[] {
  const lines = [...plugins].map(
    ([name, { runs, failed }]) => `${name.padEnd(16)}${column(runs)}${column(failed)}`,
  )
  return [`${'plugin runs'.padEnd(16)}${'all'.padStart(10)}${'failed'.padStart(10)}`, ...lines]
}

function figures({ begin, end }: Results): string[] {
  const rows: (readonly [string, number, number])[] = [
    ['heap, KiB', Math.round(begin.heapBytes / 1024), Math.round(end.heapBytes / 1024)],
    ['child processes', begin.holdings.children, end.holdings.children],
    ['shared sources', begin.holdings.sources, end.holdings.sources],
    ['listeners', begin.holdings.listeners, end.holdings.listeners],
  ]
  for (const part of ['descriptors', 'resources', 'objects'] as const) {
    const names = new Set([
      ...Object.keys(begin.holdings[part]),
      ...Object.keys(end.holdings[part]),
    ])
    for (const name of names) {
      rows.push([
        `${part}: ${name}`,
        begin.holdings[part][name] ?? 0,
        end.holdings[part][name] ?? 0,
      ])
    }
  }
  const title = `${'what is held'.padEnd(32)}${'before'.padStart(10)}${'after'.padStart(10)}`
  return [title, ...rows.map(([name, a, b]) => `${name.padEnd(32)}${column(a)}${column(b)}`)]
}

// They were told one by one before; whoever reads only the end of a log gets the sum.
function brokenPromises({ journal }: Results): string[] {
  const kinds = new Map<string, { readonly first: BrokenPromise; count: number }>()
  for (const promise of journal.broken) {
    const kind = promise.what.split('\n', 1)[0]?.replace(/ after \d+ ms$/u, '') ?? ''
    const known = kinds.get(kind)
    if (known === undefined) kinds.set(kind, { first: promise, count: 1 })
    else known.count++
  }
  const lines = [...kinds].map(([kind, { first, count }]) => {
    const felt = first.felt.length === 0 ? 'nothing' : first.felt.join(', ')
    return `${column(count)}  ${kind}; first at ${first.atS.toFixed(1)} s, felt: ${felt}`
  })
  return lines.length === 0 ? [] : [`${'broken'.padStart(10)}  promises`, ...lines, '']
}

function verdict({ journal, seed, seconds }: Results): string {
  const sum = { ok: 0, explained: 0 }
  for (const tally of journal.tallies.values()) {
    sum.ok += tally.ok
    sum.explained += tally.explained
  }
  const faultCount = [...journal.faults.values()].reduce((a, b) => a + b, 0)
  const broken = journal.broken.length
  const what = broken === 0 ? 'no promise was broken' : `${broken} promises were broken`
  const all = `${figure(sum.ok)} requests done, ${figure(sum.explained)} failed by ${faultCount} faults`
  return `${all}, ${what}; seed ${seed}, ${Math.round(seconds)} s`
}

function column(value: number): string {
  return figure(value).padStart(10)
}

function figure(value: number): string {
  return value.toLocaleString('en-US')
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
