// Proves, after a build, that what npm would publish is whole and works when it is installed:
//
//   node scripts/check-package.ts
import { execFileSync, execSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { doorsOf } from './api/doors.ts'
import { linkedFiles } from './docs/pages.ts'
import { packageFaults, type PackedFile } from './package/packed-files.ts'

const doors = doorsOf(JSON.parse(readFileSync('package.json', 'utf8')))
const program = 'dist/bin/kubecred.cjs'
// Not here: a package that was packed by hand is its owner's.
const folder = mkdtempSync(join(tmpdir(), 'kubecred-packed-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const { filename, files } = pack()
const needed = [
  program,
  ...doors.flatMap(({ types, module }) => [types, module]),
  ...linkedFiles({ path: 'README.md', text: readFileSync('README.md', 'utf8') }),
  // The plots on pages that the README links to.
  'bench/RESULTS.svg',
  'docs/TOKEN-STORMS.svg',
]
const faults = packageFaults(files, needed)
faults.push(
  ...files.filter(({ path }) => pointsToMap(path)).map(({ path }) => `${path} names a map`),
)
if (faults.length === 0) faults.push(...whenInstalled())
for (const fault of faults) process.stdout.write(`check-package: ${fault}\n`)
process.stdout.write(`check-package: ${files.length} files, ${faults.length} faults\n`)
process.exitCode = faults.length === 0 && areTypesRight() ? 0 : 1

interface Packed {
  readonly filename: string
  readonly files: readonly PackedFile[]
}

function pack(): Packed {
  const command = `npm pack --json --ignore-scripts --loglevel=error --pack-destination "${folder}"`
  // Only npm itself prints here, in the form that its documentation gives.
  const [packed] = JSON.parse(execSync(command, { encoding: 'utf8' })) as [Packed]
  return packed
}

/** Whether every way to import a door finds its types; attw says itself what it found. */
function areTypesRight(): boolean {
  const manifest = import.meta.resolve('@arethetypeswrong/cli/package.json')
  const attw = fileURLToPath(new URL('dist/index.js', manifest))
  const args = [attw, join(folder, filename), '--profile', 'esm-only']
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0
}

function pointsToMap(path: string): boolean {
  return path.endsWith('.js') && /^\/\/# sourceMappingURL=/m.test(readFileSync(path, 'utf8'))
}

/** Puts the files into a project of their own and loads each door, and the command line, there. */
function whenInstalled(): string[] {
  const project = mkdtempSync(join(tmpdir(), 'kubecred-package-'))
  const modules = join(project, 'node_modules')
  try {
    for (const { path } of files) cpSync(path, join(modules, 'kubecred', path))
    // Neither undici nor prom-client is there yet: what starts now does not need them to start.
    const early = doors.filter(({ name }) => name !== 'kubecred/undici').map(({ name }) => name)
    const found = early.flatMap((name) => faultOf(project, ['-e', `await import('${name}')`]))
    found.push(...faultOf(project, [join(modules, 'kubecred', program), '--version']))
    symlinkSync(resolve('node_modules/undici'), join(modules, 'undici'), 'junction')
    return [...found, ...faultOf(project, ['-e', "await import('kubecred/undici')"])]
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

function faultOf(cwd: string, args: readonly string[]): string[] {
  try {
    execFileSync(
      process.execPath,
      ['--input-type=module', ...args].slice(args[0] === '-e' ? 0 : 1),
      {
        cwd,
        stdio: 'pipe',
        timeout: 60_000,
      },
    )
    return []
  } catch (error) {
    return [`node ${args.join(' ')}: ${error instanceof Error ? error.message : 'failed'}`]
  }
}
