import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const moduleFolder = fileURLToPath(new URL('.', import.meta.url))

/** Path of the oracle, whether or not it has been built. What it is made of is part of the path. */
export function oraclePath(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(cache, 'kubecred', 'oracle', sourceDigest(), 'oracle')
}

/** Whether the oracle is there, or can be built because Go is. */
export function hasOracle(): boolean {
  return isExecutable(oraclePath()) || isOnPath('go')
}

/** The title of tests that ask the oracle; tells why they are skipped where there can be none. */
export function besideClientGo(title: string): string {
  return hasOracle() ? title : `${title} (skipped: Go is not on PATH)`
}

/**
 * Path of the oracle, which is built when it is missing: a minute or two, once.
 *
 * @throws Error when it cannot be built.
 */
export async function buildOracle(tell: (line: string) => void = () => {}): Promise<string> {
  const path = oraclePath()
  if (isExecutable(path)) return path
  tell('building the oracle from client-go, once')
  await mkdir(dirname(path), { recursive: true })
  // Two may build at once; the file appears whole.
  const unfinished = `${path}.${process.pid}`
  try {
    await goBuild(unfinished)
    await rename(unfinished, path)
  } finally {
    await rm(unfinished, { force: true })
  }
  return path
}

async function goBuild(output: string): Promise<void> {
  const go = spawn('go', ['build', '-trimpath', '-o', output, './oracle'], {
    cwd: moduleFolder,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    go.once('error', reject).once('close', resolve)
  })
  if (code !== 0) throw new Error(`go build ended with ${String(code)}`)
}

function sourceDigest(): string {
  const sources = readdirSync(join(moduleFolder, 'oracle')).toSorted()
  const files = ['go.mod', 'go.sum', ...sources.map((name) => join('oracle', name))]
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(join(moduleFolder, file)))
  return hash.digest('hex').slice(0, 16)
}

function isOnPath(name: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.some((folder) => isExecutable(join(folder, name)))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
