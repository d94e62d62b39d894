import type { Entry, TestReference, Theme } from './entry.ts'
import { splitReference } from './test-titles.ts'

const head = `<!-- Made by \`npm run behaviour:update\` from scripts/behaviour/themes/; changes here are lost. -->

# What Kubecred guarantees

A program that knows what client-go and kubectl do with an exec credential plugin, a kubeconfig and a connection,
and the kubelet with tokens of ServiceAccounts, can rely on each line of this page. Each says where the original does so and since which Kubernetes, whether
Kubecred does the same or better (better is explained in [DIFFERENCES.md](DIFFERENCES.md)), and which tests fail
when it is no longer true. An entry without a test does not pass the checks of this repository, nor does one whose
test is gone. The numbers stay: they can be cited.

1.10 is the first Kubernetes with exec plugins, and stands for what is older, too. In the titles of tests, \`>\`
stands between a group and what is in it, \`*\` for what a table fills in.
`

/** Writes docs/BEHAVIOUR.md. */
export function behaviourPage(themes: readonly Theme[]): string {
  const entries = themes.flatMap((theme) => theme.entries)
  const better = entries.filter((entry) => entry.better !== undefined).length
  return [
    head,
    `${entries.length} entries: ${entries.length - better} the same as upstream, ${better} better.`,
    '',
    ...themes.map(
      ({ title, hundreds, entries: { length } }) =>
        `- [${title}](#${anchorOf(title)}): ${hundreds}01 on, ${length} entries`,
    ),
    '- [From a test to what it proves](#from-a-test-to-what-it-proves)',
    '',
    ...themes.flatMap(themeLines),
    ...indexLines(entries),
  ].join('\n')
}

function themeLines({ title, entries }: Theme): string[] {
  return [`## ${title}`, '', ...entries.flatMap(entryLines)]
}

function entryLines({
  number,
  guarantee,
  upstream,
  since = '',
  better = [],
  tests,
}: Entry): string[] {
  return [
    `### ${number}`,
    '',
    guarantee,
    '',
    `- Upstream: ${upstream === undefined ? 'nothing of the kind' : `\`${upstream}\`, since ${since}`}`,
    `- Kubecred: ${better.length === 0 ? 'the same' : `better: ${better.map(differenceLink).join(', ')}`}`,
    ...tests.map((test) => `- Test: ${testLink(test)}`),
    '',
  ]
}

function differenceLink(name: string): string {
  return `[\`${name}\`](DIFFERENCES.md)`
}

function testLink(reference: TestReference): string {
  const { file, title } = splitReference(reference)
  return `[${file}](../test/${file}): \`${title}\``
}

function indexLines(entries: readonly Entry[]): string[] {
  const byFile = new Map<string, number[]>()
  for (const { number, tests } of entries) {
    for (const file of new Set(tests.map((test) => splitReference(test).file))) {
      byFile.set(file, [...(byFile.get(file) ?? []), number])
    }
  }
  const files = [...byFile].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return [
    '## From a test to what it proves',
    '',
    '| test file | entries |',
    '|---|---|',
    ...files.map(
      ([file, numbers]) => `| [${file}](../test/${file}) | ${numbers.map(entryLink).join(', ')} |`,
    ),
    '',
  ]
}

function entryLink(number: number): string {
  return `[${number}](#${number})`
}

/** As GitHub makes it of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/gu, '')
    .replaceAll(' ', '-')
}
