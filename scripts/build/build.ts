import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type OutputChunk, rolldown } from 'rolldown'
import commandLine from '../../rolldown.config.ts'
import { eagerModules } from './eager-modules.ts'
import { licensesOf, packageFolders } from './licenses.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

// Loaded at the first need only; see rolldown.config.ts.
const lazyPackages = ['re2js', 'send', 'undici', 'yaml']

/** Builds dist/: the library with `tsc`, the command line with rolldown. */
export async function build(): Promise<void> {
  rmSync(`${root}dist`, { recursive: true, force: true })
  buildLibrary()
  const chunks = await bundleCommandLine()
  for (const name of lazyPackages) {
    const module = eagerModules(chunks).find((id) => id.includes(`/node_modules/${name}/`))
    if (module === undefined) continue
    throw new Error(
      `the command line loads ${name} at its start (${module}): import it dynamically`,
    )
  }
  const bundled = packageFolders(chunks.flatMap(({ moduleIds }) => moduleIds))
  writeFileSync(`${root}dist/bin/LICENSES.txt`, licensesOf(bundled))
  makeExecutable(`${root}dist/bin/kubecred.cjs`)
}

function buildLibrary(): void {
  const tsc = fileURLToPath(import.meta.resolve('../../node_modules/typescript/bin/tsc'))
  const args = [tsc, '-p', `${root}tsconfig.build.json`]
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`tsc ended with exit code ${status}`)
}

async function bundleCommandLine(): Promise<OutputChunk[]> {
  const bundle = await rolldown({ ...commandLine.input, cwd: root })
  try {
    const { output } = await bundle.write(commandLine.output)
    return output.filter((part) => part.type === 'chunk')
  } finally {
    await bundle.close()
  }
}

function makeExecutable(path: string): void {
  const code = readFileSync(path, 'utf8')
  if (!code.startsWith('#!')) writeFileSync(path, `#!/usr/bin/env node\n${code}`)
  chmodSync(path, 0o755)
}
