// Holds docs/BEHAVIOUR.md against its entries (scripts/behaviour/themes/), and those against the tests:
//
//   node scripts/behaviour.ts [--update]
import { writeFileSync } from 'node:fs'
import { checkBehaviour, pagePath } from './behaviour/check.ts'
import { themes } from './behaviour/themes.ts'

const { faults, page, isCurrent } = checkBehaviour(themes, process.cwd())
for (const fault of faults) process.stdout.write(`behaviour: ${fault}\n`)
if (faults.length > 0) process.exitCode = 1

if (process.argv.includes('--update')) {
  writeFileSync(pagePath, page)
  process.stdout.write(`behaviour: ${pagePath} written\n`)
} else if (!isCurrent) {
  process.stdout.write(
    `behaviour: ${pagePath} is not what its entries say: npm run behaviour:update\n`,
  )
  process.exitCode = 1
}
const count = themes.reduce((sum, { entries }) => sum + entries.length, 0)
process.stdout.write(`behaviour: ${count} entries, ${faults.length} faults\n`)
