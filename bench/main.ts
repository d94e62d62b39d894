import { writeFile } from 'node:fs/promises'

import { benchCommandLine } from './command-line.ts'
import { benchDispatcher } from './dispatcher.ts'
import { renderPage } from './report.ts'
import { startStealMeter } from './statistics.ts'

const steal = startStealMeter()
process.stdout.write('measuring the dispatcher…\n')
const dispatcher = await benchDispatcher()
process.stdout.write('measuring the command line…\n')
const commandLine = await benchCommandLine()
const page = renderPage([...dispatcher, ...commandLine], steal(), new Date())
await writeFile(new URL('RESULTS.md', import.meta.url), page)
process.stdout.write(`\n${page}\nwritten to bench/RESULTS.md\n`)
