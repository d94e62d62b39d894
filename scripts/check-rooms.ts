// Proves the layout rules of the repository (ARCHITECTURE.md, CONTRIBUTING.md) for every file that
// git knows or would take: node scripts/check-rooms.ts
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { checkFile } from './rooms/check.ts'
import { formatViolation } from './rooms/violation.ts'

const root = process.cwd()
const paths = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\0')
  // A file that was deleted stays in git's list until the commit.
  .filter((path) => path !== '' && existsSync(path))

const violations = paths.flatMap((path) => checkFile(path, readFileSync(path, 'utf8'), root))
for (const violation of violations) process.stdout.write(`${formatViolation(violation)}\n`)
process.stdout.write(`check-rooms: ${paths.length} files, ${violations.length} violations\n`)
process.exitCode = violations.length === 0 ? 0 : 1
