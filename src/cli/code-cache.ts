import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { constants, Script } from 'node:vm'

/**
 * From now on the files of the command line load with the code that an earlier run compiled.
 *
 * What there is none of yet is kept when this run is over, for the next one. Node has such a cache too
 * (`module.enableCompileCache`), but takes the code when a file has just been read: V8 compiles most
 * functions when they are called first, and would do so anew at every start.
 *
 * @param folder Where it is kept: one that nobody else can write to, since what is in it is run.
 * @param command The command that runs: each one calls other functions.
 */
export function useCodeCache(folder: string, command: string): void {
  const fresh = new Map<string, Script>()
  // oxlint-disable-next-line typescript/no-deprecated -- Node's hooks take source, never a compiled script
  createRequire(import.meta.url).extensions['.cjs'] = (module, path) => {
    // The name of a file has a hash of its content in it.
    const kept = join(folder, `${basename(path, '.cjs')}.${command}`)
    const code = readIfThere(kept)
    const script = new Script(asFunction(readFileSync(path, 'utf8')), {
      filename: path,
      cachedData: code,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })
    // V8 refuses what another version of it has made, or the same one with other flags.
    if (code === undefined || script.cachedDataRejected === true) fresh.set(kept, script)
    // The script is that function and nothing else.
    const run = script.runInThisContext() as ModuleFunction
    const load = (name: string): unknown => module.require(name)
    run.call(module.exports, module.exports, load, module, path, dirname(path))
  }
  process.once('exit', (exitCode) => {
    // A run that failed has not called what others will call.
    if (exitCode === 1 || exitCode === 2) return
    for (const [kept, script] of fresh) keep(kept, script.createCachedData())
  })
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

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

/** Whole or not at all, whatever happens to the machine: V8 looks for no damage in what it is given. */
function keep(file: string, code: Buffer): void {
  const half = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(half, code, { mode: 0o600, flush: true })
    renameSync(half, file)
  } catch {
    // The next start takes a little longer, no more.
  }
}
