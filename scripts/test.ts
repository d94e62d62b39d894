// Runs a suite of tests and closes with the line `N passed, N failed, N skipped`:
//
//   node scripts/test.ts [--build] [arguments of vitest...]
//
// The Node that runs this script is the Node that runs the tests.
import { build } from './build/build.ts'
import { closingLine, countsOfRun } from './suite/counts.ts'
import { runVitest, type SuiteRun } from './suite/run-vitest.ts'

const args = process.argv.slice(2)
const wantsBuild = args.includes('--build')
const run = await buildAndRun(args.filter((arg) => arg !== '--build'))
const counts = countsOfRun(run.printed, run.succeeded)
process.stdout.write(`\n${closingLine(counts)}\n`)
process.exitCode = counts.failed === 0 ? 0 : 1

async function buildAndRun(vitestArgs: readonly string[]): Promise<SuiteRun> {
  if (wantsBuild) {
    try {
      await build()
    } catch (error) {
      process.stderr.write(
        `The build failed: ${error instanceof Error ? error.message : 'no reason'}\n`,
      )
      return { printed: undefined, succeeded: false }
    }
  }
  return await runVitest(vitestArgs)
}
