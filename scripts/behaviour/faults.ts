import type { Entry, Theme } from './entry.ts'
import { isThere, type TestTitles } from './test-titles.ts'

/**
 * Everything that is wrong with the entries, a line each.
 *
 * @param differences Names of the rows in docs/DIFFERENCES.md.
 */
export function faultsOf(
  themes: readonly Theme[],
  titles: TestTitles,
  differences: ReadonlySet<string>,
): readonly string[] {
  return themes.flatMap((theme) => [
    ...orderFaults(theme),
    ...theme.entries.flatMap((entry) =>
      entryFaults(entry, titles, differences).map((fault) => `${entry.number}: ${fault}`),
    ),
  ])
}

function orderFaults({ title, hundreds, entries }: Theme): string[] {
  const numbers = entries.map(({ number }) => number)
  const foreign = numbers.filter((number) => Math.floor(number / 100) !== hundreds)
  const late = numbers.filter((number, index) => number <= (numbers[index - 1] ?? 0))
  return [
    ...foreign.map((number) => `${number}: the numbers of "${title}" begin with ${hundreds}`),
    ...late.map((number) => `${number}: stands after a number that is not less`),
  ]
}

function entryFaults(
  { guarantee, since = '', upstream, better = [], tests }: Entry,
  titles: TestTitles,
  differences: ReadonlySet<string>,
): string[] {
  const faults: string[] = []
  if (!/^[A-Z`*].*\.$/su.test(guarantee)) faults.push('the guarantee is no sentence')
  if (upstream !== undefined && !/^1\.\d+$/u.test(since)) {
    faults.push(`"${since}" is no version of Kubernetes, such as 1.22`)
  }
  if (upstream === undefined && better.length === 0) {
    faults.push('names neither what it mirrors nor what is better')
  }
  for (const name of better) {
    if (!differences.has(name)) faults.push(`docs/DIFFERENCES.md has no row "${name}"`)
  }
  if (tests.length === 0) faults.push('no test proves it')
  for (const test of tests) if (!isThere(test, titles)) faults.push(`there is no test "${test}"`)
  return faults
}
