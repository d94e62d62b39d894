// Runs before the other npm scripts, on the Node that is installed (20 or newer): brings in what
// package-lock.json names, when it is missing or something else is there. Afterwards `node` in an
// npm script is the Node of node_modules/.bin, since npm puts that folder first in PATH.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
const onWindows = process.platform === 'win32'

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Node 20 or newer is needed to begin with; this is ${process.version}`)
}
const reason = whyInstall()
if (reason !== undefined) install(reason)
checkNode(reason !== undefined)

/** The difference between the lock file and what npm noted that it installed, if there is one. */
function whyInstall() {
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'))
  if (installed === undefined) return 'not installed yet'
  const locked = packagesIn(join(root, 'package-lock.json'))
  if (locked === undefined) fail('package-lock.json is missing or broken; take it from git again')
  for (const [path, { version, integrity, optional }] of Object.entries(locked)) {
    const there = installed[path]
    // Optional packages of another platform are never installed; '' is this package itself.
    if (path === '' || (there === undefined && optional)) continue
    if (there?.version !== version || there?.integrity !== integrity)
      return `${path} is not as locked`
  }
  return undefined
}

function packagesIn(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}

function install(why) {
  process.stderr.write(`kubecred: installing the development packages (${why}), please wait\n`)
  // `npm ci` would demand that the lock file holds the native parts of some packages for every
  // platform, and a registry need not have them all; this keeps to the lock file just the same.
  // Whatever npm is set to, development packages are wanted, and the Node in use may be older than
  // the one that the package asks of its users.
  const words = ['install', '--no-save', '--include=dev', '--engine-strict=false']
  const { status, error, stdout, stderr } = npm([...words, ...quiet])
  if (status === 0) return
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`)
  fail(`npm install failed (${error?.message ?? `exit code ${status}`}); its own words stand above`)
}

/** Runs npm itself, without a shell where npm tells how. */
function npm(words) {
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }
  const cli = process.env.npm_execpath ?? ''
  return /npm-cli\.c?js$/.test(cli)
    ? spawnSync(process.execPath, [cli, ...words], options)
    : spawnSync(['npm', ...words].join(' '), { ...options, shell: true })
}

/** Sees to it that the scripts which follow have a Node that runs TypeScript. */
function checkNode(fresh) {
  const node = join(root, 'node_modules', '.bin', onWindows ? 'node.cmd' : 'node')
  const works = fresh
    ? spawnSync(`"${node}" --version`, { shell: true, stdio: 'ignore' }).status === 0
    : existsSync(node)
  if (works || runsTypeScript(process.versions.node)) return
  fail(
    `the Node for development (npm package "node") is not usable and ${process.version} is too old.\n` +
      'npm was told not to run its install script. Run `npm rebuild node --ignore-scripts=false`\n' +
      '(npm 11 and later: `npm install-scripts approve node` first), or use Node 22.19 or newer.',
  )
}

function runsTypeScript(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 19)
}

function fail(message) {
  process.stderr.write(`kubecred: ${message}\n`)
  process.exit(1)
}
