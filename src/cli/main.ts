import module from 'node:module'

import { cacheFolder } from './cache-folder.ts'

const oldest = [22, 19] as const
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  const found = process.versions.node
  process.stderr.write(
    `error: kubecred needs Node ${oldest.join('.')} or later; this is ${found}\n`,
  )
  process.exitCode = 1
} else {
  // What is compiled once need not be compiled at the next start. Not in the temporary folder, which
  // is Node's default: others could write there what this program then runs.
  const folder = cacheFolder(process.platform, process.env)
  if (folder !== undefined) module.enableCompileCache(folder)

  // Imported when the cache is in use, so that it serves for all the rest.
  void import('./this-process.ts').then(async ({ runInThisProcess }) => {
    process.exitCode = await runInThisProcess(process.argv.slice(2))
  })
}
