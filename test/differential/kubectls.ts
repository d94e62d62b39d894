import { execFileSync } from 'node:child_process'
import { readdirSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

import { isExecutable } from '../../scripts/executable.ts'
import { cacheFolder, getBinary, whyNoBinaries } from '../cluster/binaries.ts'

/** A kubectl to compare with. */
export interface Kubectl {
  readonly path: string
  /** Minor version: 36 for 1.36.3. */
  readonly minor: number
}

/**
 * Every kubectl of this machine, the newest first: that is the judge. Of two with the same minor
 * version the first counts.
 *
 * @param build Whether the one that test/cluster pins is built when it is not there, which takes
 *   some minutes.
 */
export async function findKubectls({
  build,
}: {
  readonly build: boolean
}): Promise<readonly Kubectl[]> {
  const found = new Map<number, Kubectl>()
  const paths = [...(await pinnedKubectls(build)), ...kubectlsOnPath(process.env['PATH'] ?? '')]
  for (const path of paths) {
    const minor = minorOf(path)
    if (minor !== undefined && !found.has(minor)) found.set(minor, { path, minor })
  }
  return [...found.values()].toSorted((a, b) => b.minor - a.minor)
}

async function pinnedKubectls(build: boolean): Promise<string[]> {
  const isThere =
    (process.env['KUBEBUILDER_ASSETS'] ?? '') !== '' || isExecutable(join(cacheFolder(), 'kubectl'))
  if (!isThere && (!build || whyNoBinaries() !== undefined)) return []
  return [await getBinary('kubectl', (line) => void process.stderr.write(`${line}\n`))]
}

/**
 * Some distributions put a dispatcher on PATH, which asks the server for its version, with a plugin
 * run of its own, and then starts the kubectl beside it that fits; those are the ones meant.
 */
function kubectlsOnPath(path: string): string[] {
  const places = path.split(delimiter).map((folder) => join(folder, 'kubectl'))
  return places.filter(isExecutable).flatMap((kubectl) => {
    const folder = dirname(realpathSync(kubectl))
    const versions = readdirSync(folder).filter((name) => /^kubectl\.1\.\d+$/u.test(name))
    return versions.length === 0 ? [kubectl] : versions.map((name) => join(folder, name))
  })
}

function minorOf(path: string): number | undefined {
  try {
    const args = ['version', '--client', '--output=json']
    const printed = execFileSync(path, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const minor = /"minor":\s*"(\d+)/u.exec(printed)?.[1]
    return minor === undefined ? undefined : Number(minor)
  } catch {
    return undefined
  }
}
