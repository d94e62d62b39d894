import type { Reporter, TestModule } from 'vitest/node'
import { closingLine, type Counts } from './counts.ts'

/** Closes vitest's output with the counts of the whole run on a line of their own. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    process.stdout.write(`\n${closingLine(count(modules, errors.length))}\n`)
  }
}

function count(modules: readonly TestModule[], errors: number): Counts {
  const counts = { passed: 0, failed: errors, skipped: 0 }
  for (const testModule of modules) {
    let failedTests = 0
    for (const test of testModule.children.allTests()) {
      const { state } = test.result()
      // A test that never came to an end has not passed.
      const outcome = state === 'pending' ? 'failed' : state
      counts[outcome] += 1
      if (outcome === 'failed') failedTests += 1
    }
    // The file itself did not load, or a hook of it failed.
    if (testModule.state() === 'failed' && failedTests === 0) counts.failed += 1
  }
  return counts
}
