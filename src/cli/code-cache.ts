import {
  closeSync,
  constants as fileConstants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { constants, Script } from 'node:vm'

import { removeOldFiles } from './old-files.ts'
import { isOwn, makeOwnFolder, ownFolder } from '../host/own-folder.ts'

const nothing = '0'

// Kept by an older build or another Node, or not: who still needs it makes it anew.
const monthMs = 30 * 24 * 3_600_000

/** Where compiled code is kept, and whose. */
export interface CodeCachePlace {
  /** What is in it is run: a folder that others could change is neither read nor written. */
  readonly folder: string
  /** The command that runs (each one calls other functions), and what runs it. */
  readonly runs: string
  /** The user whom this process acts for; undefined on Windows. */
  readonly uid: number | undefined
}

/**
 * From now on the files of the command line load with the code that an earlier run compiled.
 *
 * What there is none of yet is kept when this run is over, for the next one. Node has such a cache too
 * (`module.enableCompileCache`), but takes the code when a file has just been read: V8 compiles most
 * functions when they are called first, and would do so anew at every start.
 */
export function useCodeCache({ folder, runs, uid }: CodeCachePlace): void {
  const own = ownFolder(folder, uid)
  const fresh = new Map<string, Script>()
  let sameFlags: (() => boolean) | undefined
  // oxlint-disable-next-line typescript/no-deprecated -- Node's hooks take source, never a compiled script
  createRequire(import.meta.url).extensions['.cjs'] = (module, path) => {
    // The name of a file has a hash of its content in it.
    const kept = `${basename(path, '.cjs')}.${runs}`
    const code = own === undefined ? undefined : readIfOwn(join(own, kept), uid)
    const script = new Script(asFunction(readFileSync(path, 'utf8')), {
      filename: path,
      cachedData: code,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })
    // V8 refuses what another version of it has made, or the same one with other flags.
    if (code === undefined || script.cachedDataRejected === true) {
      sameFlags ??= flagsOfNow()
      fresh.set(kept, script)
    }
    // The script is that function and nothing else.
    const run = script.runInThisContext() as ModuleFunction
    const load = (name: string): unknown => module.require(name)
    run.call(module.exports, module.exports, load, module, path, dirname(path))
  }
  process.once('exit', (exitCode) => {
    // A run that failed has not called what others will call.
    if (exitCode === 1 || exitCode === 2) return
    // A proxy sets flags of V8's as it runs: no other process, having started, would take its code.
    if (sameFlags?.() === true) keepAll({ folder, uid }, fresh)
  })
}

/** Tells later whether V8 still has the flags of now, without the module `v8`: that takes 3 ms to load. */
function flagsOfNow(): () => boolean {
  const cachedData = new Script(nothing).createCachedData()
  // By another name, since V8 remembers a script by source and name.
  return () => new Script(nothing, { cachedData, filename: 'later' }).cachedDataRejected === false
}

/** As Node does it for a CommonJS module; on one line, so that the lines of the file keep their numbers. */
function asFunction(source: string): string {
  return `(function (exports, require, module, __filename, __dirname) { ${source}\n})`
}

type ModuleFunction = (
  this: unknown,
  exports: unknown,
  require: (name: string) => unknown,
  module: NodeJS.Module,
  path: string,
  folder: string,
) => void

function readIfOwn(file: string, uid: number | undefined): Buffer | undefined {
  try {
    // Windows has no such flag, and the bits of none.
    const opened = openSync(file, fileConstants.O_RDONLY | fileConstants.O_NOFOLLOW)
    try {
      const stats = fstatSync(opened)
      const isTrusted = stats.isFile() && (uid === undefined || isOwn(stats, uid))
      return isTrusted ? readFileSync(opened) : undefined
    } finally {
      closeSync(opened)
    }
  } catch {
    return undefined
  }
}

function keepAll(
  { folder, uid }: Omit<CodeCachePlace, 'runs'>,
  fresh: ReadonlyMap<string, Script>,
): void {
  try {
    const own = makeOwnFolder(folder, uid)
    if (own === undefined) return
    for (const [kept, script] of fresh) keep(join(own, kept), script.createCachedData())
    removeOldFiles(own, monthMs)
  } catch {
    // The next start takes a little longer, no more.
  }
}

/** Whole or not at all, whatever happens to the machine: V8 looks for no damage in what it is given. */
function keep(file: string, code: Buffer): void {
  const half = `${file}.${process.pid}`
  writeFileSync(half, code, { mode: 0o600, flush: true, flag: 'wx' })
  renameSync(half, file)
}
