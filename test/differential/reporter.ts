import type { Reporter, TestModule } from 'vitest/node'

import type { Beside } from './tally.ts'

/** Prints how many cases were compared with which kubectl, and what came of it. */
export default class DifferentialReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const all = modules.flatMap((testModule) => [...testModule.children.allTests()])
    const beside = all.flatMap((test) => {
      const failed = test.result().state === 'failed'
      return (test.meta().beside ?? []).map((each) => ({ ...each, failed }))
    })
    process.stdout.write(`\n${summary(beside).join('\n')}\n`)
  }
}

function summary(beside: readonly (Beside & { readonly failed: boolean })[]): string[] {
  const versions = [...new Set(beside.map(({ minor }) => minor))].toSorted((a, b) => b - a)
  return versions.map((version) => {
    const seen = beside.filter(({ minor }) => minor === version)
    const good = seen.filter(({ failed }) => !failed)
    const count = (as: Beside['as']): number => good.filter((each) => each.as === as).length
    return [
      `beside kubectl 1.${version}: ${seen.length} cases,`,
      `${count('same')} the same,`,
      `${count('differs')} as DIFFERENCES.md says,`,
      `${count('older')} where this kubectl is not as later ones,`,
      `${seen.length - good.length} failed`,
    ].join(' ')
  })
}
