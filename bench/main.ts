// Measures, and writes the page: `npm run bench`. With a name (`npm run bench -- proxy`) it measures
// that part alone and prints it; the page stays as it is.
import { writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'

import { benchClientNode } from './client-node.ts'
import { benchCommandLine } from './command-line.ts'
import { benchDispatcher } from './dispatcher.ts'
import { benchProxy } from './proxy.ts'
import { describeMachine, renderPage, renderPart, type Part } from './report.ts'
import { startStealMeter } from './statistics.ts'

const benches: ReadonlyMap<string, () => Promise<Part>> = new Map([
  ['dispatcher', benchDispatcher],
  ['command-line', benchCommandLine],
  ['proxy', benchProxy],
  ['client-node', benchClientNode],
])

const chosen = process.argv.slice(2)
const unknown = chosen.find((name) => !benches.has(name))
if (unknown === undefined) await run(chosen)
else {
  process.stderr.write(`there is no bench "${unknown}", but ${[...benches.keys()].join(', ')}\n`)
  process.exitCode = 2
}

async function run(names: readonly string[]): Promise<void> {
  const load = (loadavg()[0] ?? 0).toFixed(2)
  const steal = startStealMeter()
  const parts: Part[] = []
  for (const [name, bench] of benches) {
    if (names.length > 0 && !names.includes(name)) continue
    process.stdout.write(`measuring: ${name}…\n`)
    const part = await bench()
    process.stdout.write(`\n${renderPart(part)}\n`)
    parts.push(part)
  }
  const conditions = { date: new Date(), steal: steal(), load }
  process.stdout.write(`${describeMachine(conditions)}\n`)
  if (names.length > 0) return
  await writeFile(new URL('RESULTS.md', import.meta.url), renderPage(parts, conditions))
  process.stdout.write('written to bench/RESULTS.md\n')
}
