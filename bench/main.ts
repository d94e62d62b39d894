// Measures, and writes the page: `npm run bench`; `npm run bench -- --help` says what else.
import { readFile, writeFile } from 'node:fs/promises'
import { inspect } from 'node:util'

import { answerPlainly, isPlain } from '../scripts/plain-wish.ts'
import { readArguments, usageOf } from './arguments.ts'
import { groups } from './groups.ts'
import { effortOf } from './measure/effort.ts'
import { chapters, type Chapter } from './page/chapters.ts'
import { readConditions } from './page/conditions.ts'
import { withMeasuredPairs } from './page/differences.ts'
import { renderGroup, renderPage } from './page/page.ts'
import { renderPlot } from './page/plot.ts'
import { readResults, replaceGroup, writeResults } from './page/results.ts'
import { shortfalls } from './page/shortfalls.ts'

const known = chapters.map(({ name }) => name)
const wish = readArguments(process.argv.slice(2), known)
if (isPlain(wish)) answerPlainly(wish, usageOf(known))
else if (wish.kind === 'page') await writePage()
else await measureGroups(wish.names, wish.quick)

async function measureGroups(names: readonly string[], quick: boolean): Promise<void> {
  for (const chapter of chapters.filter(({ name }) => names.includes(name))) {
    process.stdout.write(`measuring ${chapter.name}\n`)
    try {
      await measureGroup(chapter, quick)
    } catch (error) {
      // The others can be measured all the same.
      process.stderr.write(`${chapter.name} failed: ${inspect(error)}\n`)
      process.exitCode = 1
    }
  }
}

async function measureGroup(chapter: Chapter, quick: boolean): Promise<void> {
  const { name } = chapter
  const effort = effortOf(quick, (work) => process.stdout.write(`  ${work}…\n`))
  const startedAt = performance.now()
  const measured = readConditions(quick)
  const found = await groups[name]?.(effort)
  if (found === undefined) throw new Error(`nothing measures ${name}`)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  const group = { name, measured, ...found }
  process.stdout.write(`\n${renderGroup(chapter, group)}\n${name} took ${seconds} s\n\n`)
  if (quick) return
  await writeResults(replaceGroup(readResults(), group))
  await writePage()
}

async function writePage(): Promise<void> {
  const results = readResults()
  const differences = new URL('../docs/DIFFERENCES.md', import.meta.url)
  const written: readonly (readonly [URL, string])[] = [
    [new URL('RESULTS.md', import.meta.url), renderPage(chapters, results, shortfalls)],
    [new URL('RESULTS.svg', import.meta.url), renderPlot(chapters, results)],
    [differences, withMeasuredPairs(await readFile(differences, 'utf8'), results)],
  ]
  for (const [file, text] of written) await writeFile(file, text)
  process.stdout.write(
    'written: bench/RESULTS.md with its plot, and the pairs in docs/DIFFERENCES.md\n',
  )
}
