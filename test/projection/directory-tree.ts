import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** One entry of a directory: `0600 text` for a file, `-> target` for a link, `0755/` for a folder. */
export type Tree = Readonly<Record<string, string>>

/** All that stands in a directory, but that the folder which `..data` points to is called `..now`. */
export function treeOf(directory: string): Tree {
  const current = entryText(directory, '..data').replace(/^-> /u, '')
  const entries = pathsIn(directory).map((path) =>
    [path, entryText(directory, path)].map((text) => text.replace(current, '..now')),
  )
  // Two texts each.
  return Object.fromEntries(entries) as Tree
}

/** Names of timestamped folders and unfinished links. */
export function hiddenNames(directory: string): readonly string[] {
  return readdirSync(directory).filter((name) => name.startsWith('..') && name !== '..data')
}

function entryText(directory: string, path: string): string {
  const full = join(directory, path)
  const stats = lstatSync(full, { throwIfNoEntry: false })
  if (stats === undefined) return 'nothing'
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(full)}`
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0')
  return stats.isDirectory() ? `${mode}/` : `${mode} ${readFileSync(full, 'utf8')}`
}

/** All paths, without a look behind links. */
function pathsIn(directory: string, below = ''): readonly string[] {
  return readdirSync(join(directory, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name)
    return entry.isDirectory() ? [path, ...pathsIn(directory, path)] : [path]
  })
}
