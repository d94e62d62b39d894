import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { findOnPath, isExecutable } from '../../scripts/executable.ts'
import { buildFile, cacheRoot, moduleFolder } from './binaries.ts'

/** A program whose source is the folder of that name. */
export type GoProgram = 'authorisation' | 'oracle' | 'tokens'

/** Path of a program, whether or not it has been built. What it is made of is part of the path. */
export function goProgramPath(name: GoProgram): string {
  return join(cacheRoot(), name, sourceDigest(name), name)
}

/** Whether a program is there, or can be built because Go is. */
export function hasGoProgram(name: GoProgram): boolean {
  return isExecutable(goProgramPath(name)) || findOnPath('go') !== undefined
}

/**
 * Path of a program, which is built when it is missing: a minute or two, once.
 *
 * @param tell Told before it is built.
 * @throws Error when it cannot be built.
 */
export async function buildGoProgram(
  name: GoProgram,
  tell: (line: string) => void = () => {},
): Promise<string> {
  const path = goProgramPath(name)
  if (isExecutable(path)) return path
  tell(`building ${name} from its Go source, once`)
  await buildFile(path, ['-trimpath'], `./${name}`)
  return path
}

function sourceDigest(name: GoProgram): string {
  const sources = readdirSync(join(moduleFolder, name)).toSorted()
  const files = ['go.mod', 'go.sum', ...sources.map((source) => join(name, source))]
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(join(moduleFolder, file)))
  return hash.digest('hex').slice(0, 16)
}
