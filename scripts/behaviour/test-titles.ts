import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestReference } from './entry.ts'

/** The titles in each test file, by its path below test/, with slashes. */
export type TestTitles = ReadonlyMap<string, ReadonlySet<string>>

const lister = fileURLToPath(import.meta.resolve('./list-tests.ts'))

// A suite with a configuration of its own is known by the end of its files' names.
const configurations = [
  { ending: '.test.ts', file: 'vitest.config.ts' },
  { ending: '.slow.ts', file: 'vitest.slow.config.ts' },
]

/**
 * Asks vitest for the tests in the files that the references name. The files are loaded, so that
 * the titles are those of a run, tables filled in; no test is run.
 *
 * @param root Folder of the repository.
 */
export function collectTitles(references: readonly TestReference[], root: string): TestTitles {
  const files = [...new Set(references.map((reference) => splitReference(reference).file))]
  const titles = new Map<string, Set<string>>()
  for (const { ending, file } of configurations) {
    const wanted = files.filter((path) => path.endsWith(ending)).map((path) => `test/${path}`)
    if (wanted.length === 0) continue
    for (const { name, file: path } of listTests(file, wanted, root)) {
      const key = relative(join(root, 'test'), path).replaceAll('\\', '/')
      titles.set(key, (titles.get(key) ?? new Set()).add(withoutSkipReason(name)))
    }
  }
  return titles
}

/** Takes a reference apart. */
export function splitReference(reference: TestReference): { file: string; title: string } {
  const [file = '', ...title] = reference.split(': ')
  return { file, title: title.join(': ') }
}

/** Whether there is a test that the reference means. */
export function isThere(reference: TestReference, titles: TestTitles): boolean {
  const { file, title } = splitReference(reference)
  const all = titles.get(file)
  if (all === undefined) return false
  if (!title.includes('*')) return all.has(title)
  const pattern = new RegExp(`^${title.split('*').map(literally).join('.*')}$`, 'su')
  return [...all].some((each) => pattern.test(each))
}

// RegExp.escape is not in every Node that the suite runs on.
function literally(text: string): string {
  return text.replaceAll(/[$()+.?[\\\]^{|}]/gu, String.raw`\$&`)
}

/** A test as vitest tells of it. */
export interface ListedTest {
  /** Its title after those of the groups around it. */
  readonly name: string
  /** Absolute path. */
  readonly file: string
}

function listTests(
  configuration: string,
  files: readonly string[],
  root: string,
): readonly ListedTest[] {
  const folder = mkdtempSync(join(tmpdir(), 'kubecred-titles-'))
  try {
    const target = join(folder, 'titles.json')
    execFileSync(process.execPath, [lister, configuration, target, ...files], {
      cwd: root,
      env: ownEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 120_000,
    })
    const tests: unknown = JSON.parse(readFileSync(target, 'utf8'))
    if (!Array.isArray(tests)) throw new TypeError('vitest did not list the tests')
    return tests.filter(isListedTest)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function isListedTest(value: unknown): value is ListedTest {
  if (typeof value !== 'object' || value === null) return false
  const { name, file } = { name: undefined, file: undefined, ...value }
  return typeof name === 'string' && typeof file === 'string'
}

/** A vitest that is started by a test must not take itself for a worker of that one. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'))
  return Object.fromEntries(entries)
}

// A test that has to be skipped on this machine says why at the end of its title.
function withoutSkipReason(title: string): string {
  return title.replaceAll(/ \(skipped: [^)]*\)/gu, '')
}
