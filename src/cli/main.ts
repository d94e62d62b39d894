import { cacheFolder } from './cache-folder.ts'
import { useCodeCache } from './code-cache.ts'

const oldest = [22, 19] as const
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  const found = process.versions.node
  process.stderr.write(
    `error: kubecred needs Node ${oldest.join('.')} or later; this is ${found}\n`,
  )
  process.exitCode = 1
} else {
  // What is compiled once need not be compiled at the next start.
  const { platform, env, version, arch, argv } = process
  const folder = cacheFolder(platform, env)
  if (folder !== undefined && env['NODE_DISABLE_COMPILE_CACHE'] === undefined) {
    const [, , command = ''] = argv
    const ofCommand = /^[a-z_]+$/u.test(command) ? command : 'other'
    useCodeCache({
      folder: `${folder}/code`,
      runs: `${ofCommand}.${version}-${arch}`,
      uid: process.geteuid?.(),
    })
  }

  // Imported when the cache is in use, so that it serves for all the rest.
  void import('./this-process.ts').then(async ({ runInThisProcess }) => {
    process.exitCode = await runInThisProcess(process.argv.slice(2))
  })
}
