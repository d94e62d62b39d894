import { join } from 'node:path'

import { systemCodeOf } from '../errors/kubecred-error.ts'
import { readdir, symlink, unlink } from '../host/file-changes.ts'
import { dataLink } from './folder-name.ts'
import { linkTarget } from './link-target.ts'
import type { Payload } from './payload.ts'
import { visibleNameOf } from './payload-path.ts'

/** What is to be done in a directory, so that readers find each file of a payload and nothing else. */
export interface LinkChanges {
  /** Names that have no link yet. */
  readonly missing: readonly string[]
  /** Links of files that are gone. */
  readonly stale: readonly string[]
  /** Names that something else has, which nobody here has made. */
  readonly taken: readonly string[]
}

/** Finds out what links a payload needs in a directory. */
export async function linkChanges(directory: string, payload: Payload): Promise<LinkChanges> {
  const wanted = new Set([...payload.keys()].map(visibleNameOf))
  const [ours, taken] = [new Set<string>(), [] as string[]]
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const { name } = entry
    if (name === dataLink && !entry.isSymbolicLink()) taken.push(name)
    if (name.startsWith('..')) continue
    const target = await linkTarget(join(directory, name))
    // A link without a target was removed by another process just now.
    const isGone = target === undefined && entry.isSymbolicLink()
    if (target === targetOf(name)) ours.add(name)
    else if (wanted.has(name) && !isGone) taken.push(name)
  }
  return {
    missing: [...wanted].filter((name) => !ours.has(name) && !taken.includes(name)),
    stale: [...ours].filter((name) => !wanted.has(name)),
    taken,
  }
}

/** Makes the links that are missing and removes the stale ones. */
export async function changeLinks(
  directory: string,
  { missing, stale }: LinkChanges,
): Promise<void> {
  for (const name of missing) {
    await unless('EEXIST', symlink(targetOf(name), join(directory, name)))
  }
  for (const name of stale) await unless('ENOENT', unlink(join(directory, name)))
}

// Another process that writes here may have done it.
async function unless(code: string, done: Promise<void>): Promise<void> {
  try {
    await done
  } catch (error) {
    if (systemCodeOf(error) !== code) throw error
  }
}

function targetOf(name: string): string {
  return `${dataLink}/${name}`
}
