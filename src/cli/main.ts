import { enableCompileCache } from 'node:module'

import { cacheFolder } from './cache-folder.ts'

// What is compiled once need not be compiled at the next start. Not in the temporary folder, which
// is Node's default: others could write there what this program then runs.
const folder = cacheFolder(process.platform, process.env)
if (folder !== undefined) enableCompileCache(folder)

// Imported when the cache is in use, so that it serves for all the rest.
void import('./this-process.ts').then(async ({ runInThisProcess }) => {
  process.exitCode = await runInThisProcess(process.argv.slice(2))
})
