// Proves, after a build, that what npm would publish is whole and works when it is installed:
//
//   node scripts/check-package.ts
import { execFileSync, execSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { doorsOf } from './api/doors.ts'
import { packageFaults, type PackedFile } from './package/packed-files.ts'

const doors = doorsOf(JSON.parse(readFileSync('package.json', 'utf8')))
const program = 'dist/bin/kubecred.cjs'
const files = packedFiles()
const needed = [program, ...doors.flatMap(({ types, module }) => [types, module])]
const faults = packageFaults(files, needed)
faults.push(
  ...files.filter(({ path }) => pointsToMap(path)).map(({ path }) => `${path} names a map`),
)
if (faults.length === 0) faults.push(...whenInstalled())
for (const fault of faults) process.stdout.write(`check-package: ${fault}\n`)
process.stdout.write(`check-package: ${files.length} files, ${faults.length} faults\n`)
process.exitCode = faults.length === 0 ? 0 : 1

function packedFiles(): PackedFile[] {
  const command = 'npm pack --dry-run --json --ignore-scripts --loglevel=error'
  // Only npm itself prints here, in the form that its documentation gives.
  const [packed] = JSON.parse(execSync(command, { encoding: 'utf8' })) as [{ files: PackedFile[] }]
  return packed.files
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
