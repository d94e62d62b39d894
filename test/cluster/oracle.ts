import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { findOnPath, isExecutable } from '../../scripts/executable.ts'
import { buildFile, cacheRoot, moduleFolder } from './binaries.ts'

/** Path of the oracle, whether or not it has been built. What it is made of is part of the path. */
export function oraclePath(): string {
  return join(cacheRoot(), 'oracle', sourceDigest(), 'oracle')
}

/** Whether the oracle is there, or can be built because Go is. */
export function hasOracle(): boolean {
  return isExecutable(oraclePath()) || findOnPath('go') !== undefined
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
  await buildFile(path, ['-trimpath'], './oracle')
  return path
}

function sourceDigest(): string {
  const sources = readdirSync(join(moduleFolder, 'oracle')).toSorted()
  const files = ['go.mod', 'go.sum', ...sources.map((name) => join('oracle', name))]
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(join(moduleFolder, file)))
  return hash.digest('hex').slice(0, 16)
}
