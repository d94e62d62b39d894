// Compares the public surface of each door, as built in dist/, with the report in api/:
//
//   node scripts/api-report.ts [--update]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { doorsOf } from './api/doors.ts'
import { reportDoor } from './api/report.ts'

const update = process.argv.includes('--update')
mkdirSync('api', { recursive: true })

for (const { name, types } of doorsOf(JSON.parse(readFileSync('package.json', 'utf8')))) {
  const path = `api/${name.replaceAll('/', '-')}.api.d.ts`
  const report = reportDoor(name, resolve(types))
  const kept = readIfThere(path)
  if (kept === report) {
    process.stdout.write(`api-report: ${name} is as in ${path}\n`)
  } else if (update) {
    writeFileSync(path, report)
    process.stdout.write(`api-report: ${path} written\n`)
  } else {
    process.stdout.write(
      `api-report: ${name} is not as in ${path}:\n${firstDifference(kept, report)}`,
    )
    process.stdout.write('If the change is meant: npm run api:update, and a line in CHANGELOG.md\n')
    process.exitCode = 1
  }
}

function readIfThere(path: string): string {
  try {
    // Git on Windows may have changed the ends of lines.
    return readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  } catch {
    return ''
  }
}

function firstDifference(kept: string, now: string): string {
  const before = kept.split('\n')
  const after = now.split('\n')
  const at = after.findIndex((line, index) => line !== before[index])
  const index = at < 0 ? after.length : at
  return `  line ${index + 1}\n  - ${before[index] ?? ''}\n  + ${after[index] ?? ''}\n`
}
