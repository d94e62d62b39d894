// Writes the tests of some files as JSON, tables filled in, those included that are skipped on this
// machine, which `vitest list` leaves out:
//
//   node scripts/behaviour/list-tests.ts CONFIGURATION TARGET FILE...
//
// A program of its own, since vitest cannot be started within a test.
import { writeFileSync } from 'node:fs'
import { createVitest } from 'vitest/node'
import type { ListedTest } from './test-titles.ts'

const [config = '', target = '', ...files] = process.argv.slice(2)
const vitest = await createVitest({ config, watch: false, run: true })
const { testModules } = await vitest.collect(files, { staticParse: false })
const tests: ListedTest[] = []
for (const module of testModules) {
  for (const { message } of module.errors()) throw new Error(`${module.moduleId}: ${message}`)
  for (const { fullName } of module.children.allTests()) {
    tests.push({ name: fullName, file: module.moduleId })
  }
}
writeFileSync(target, JSON.stringify(tests))
await vitest.close()
