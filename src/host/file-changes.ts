import {
  chmod as chmodWith,
  fchmod as fchmodWith,
  fchown as fchownWith,
  fsync as fsyncWith,
  lstat as lstatWith,
  mkdir as mkdirWith,
  readdir as readdirWith,
  readlink as readlinkWith,
  rename as renameWith,
  rm as rmWith,
  symlink as symlinkWith,
  unlink as unlinkWith,
  writeFile as writeFileWith,
} from 'node:fs'
import { promisify } from 'node:util'

/** Sets the mode of what a path names. */
export const chmod: typeof chmodWith.__promisify__ = promisify(chmodWith)
/** Sets the mode of an open file. */
export const fchmod: typeof fchmodWith.__promisify__ = promisify(fchmodWith)
/** Sets owner and group of an open file. */
export const fchown: typeof fchownWith.__promisify__ = promisify(fchownWith)
/** Waits until what was written to a descriptor is on the disk. */
export const fsync: typeof fsyncWith.__promisify__ = promisify(fsyncWith)
/** What there is under a path, which may be a link. */
export const lstat: typeof lstatWith.__promisify__ = promisify(lstatWith)
/** Makes a folder. */
export const mkdir: typeof mkdirWith.__promisify__ = promisify(mkdirWith)
/** Lists a folder. */
export const readdir: typeof readdirWith.__promisify__ = promisify(readdirWith)
/** Where a link points to. */
export const readlink: typeof readlinkWith.__promisify__ = promisify(readlinkWith)
/** Gives something another path, in place of what is there. */
export const rename: typeof renameWith.__promisify__ = promisify(renameWith)
/** Removes a file, or a folder with all that is in it. */
export const rm: typeof rmWith.__promisify__ = promisify(rmWith)
/** Makes a link. */
export const symlink: typeof symlinkWith.__promisify__ = promisify(symlinkWith)
/** Removes a file or a link. */
export const unlink: typeof unlinkWith.__promisify__ = promisify(unlinkWith)
/** Writes bytes to the end of a descriptor. */
export const writeFile: typeof writeFileWith.__promisify__ = promisify(writeFileWith)
