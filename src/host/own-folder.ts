import { existsSync, lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'

const root = 0
const writableByOthers = 0o022
const sticky = 0o1000

/**
 * The real path of a folder that nobody but its user can change; undefined if others could, or if
 * there is none.
 *
 * Whoever may write to a folder on the way could put another in its place. Those belong to the user or
 * to root, and nobody else writes to them, but where entries are safe from others, as in `/tmp`.
 *
 * @param uid The user; undefined on Windows, which has none: there the folder is taken as it is, since
 *   what is in a profile inherits from it that no other user may write.
 */
export function ownFolder(path: string, uid: number | undefined): string | undefined {
  try {
    const real = realpathSync.native(path)
    if (uid === undefined) return real
    const stats = lstatSync(path)
    const isSafe = stats.isDirectory() && isOwn(stats, uid) && isBeyondOthers([path, real], uid)
    return isSafe ? real : undefined
  } catch {
    return undefined
  }
}

/**
 * The same, made if it is not there yet, where nobody else can interfere.
 *
 * @throws What the system says, when it cannot be made.
 */
export function makeOwnFolder(path: string, uid: number | undefined): string | undefined {
  // Nothing of this user's is left in a folder of another one.
  if (uid !== undefined && !canBeMade(path, uid)) return undefined
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return ownFolder(path, uid)
}

/** Whether something belongs to the user, and nobody else can write to it. */
export function isOwn({ uid: owner, mode }: Stats, uid: number): boolean {
  return owner === uid && (mode & writableByOthers) === 0
}

function canBeMade(path: string, uid: number): boolean {
  let there = path
  while (!existsSync(there)) there = dirname(there)
  return isBeyondOthers([there, realpathSync.native(there)], uid)
}

// For a path as it was given, with its links, and the one that it leads to.
function isBeyondOthers(paths: readonly string[], uid: number): boolean {
  const places = new Set(paths.flatMap((path) => wayTo(resolve(path))))
  return [...places].every((place) => keepsOthersOut(lstatSync(place), uid))
}

function keepsOthersOut(stats: Stats, uid: number): boolean {
  if (stats.uid !== uid && stats.uid !== root) return false
  // The mode of a link says nothing: who may change it, the folder says that it is in.
  if (stats.isSymbolicLink()) return true
  return (stats.mode & writableByOthers) === 0 || (stats.mode & sticky) !== 0
}

function wayTo(path: string): readonly string[] {
  const parent = dirname(path)
  return parent === path ? [path] : [...wayTo(parent), path]
}
