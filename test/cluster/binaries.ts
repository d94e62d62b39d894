import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { findOnPath, isExecutable } from '../../scripts/executable.ts'

/** The programs that this folder's go.mod pins. */
export const programs = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
} as const

/** Name of one of them. */
export type Program = keyof typeof programs

/** Path of each program. */
export type Binaries = Readonly<Record<Program, string>>

/** Folder with go.mod. */
export const moduleFolder: string = fileURLToPath(new URL('.', import.meta.url))

/** Version of Kubernetes that go.mod pins, as `v1.36.3`. */
export const kubernetesVersion: string = pinnedVersion('k8s.io/kubernetes')

/** Why there are no programs here; undefined when there are, or can be. */
export function whyNoBinaries(): string | undefined {
  if (assetsFolder() !== undefined || isThere(Object.keys(programs))) return undefined
  return findOnPath('go') !== undefined
    ? undefined
    : 'Go is not on PATH, and KUBEBUILDER_ASSETS names no folder'
}

/**
 * The programs: those of the folder that KUBEBUILDER_ASSETS names, else what was built before, else
 * built now, which takes some minutes.
 *
 * @param tell Told of each program before it is built.
 * @throws Error when one of them is not in the folder, or cannot be built.
 */
export async function getBinaries(tell: (line: string) => void = () => {}): Promise<Binaries> {
  const names = ['kubectl', 'etcd', 'kube-apiserver'] as const
  const found: Record<string, string> = {}
  // One after the other: each build takes every core there is.
  for (const name of names) found[name] = await getBinary(name, tell)
  const { kubectl = '', etcd = '', 'kube-apiserver': apiServer = '' } = found
  return { kubectl, etcd, 'kube-apiserver': apiServer }
}

/** As {@link getBinaries}, for one program. */
export async function getBinary(
  name: Program,
  tell: (line: string) => void = () => {},
): Promise<string> {
  const assets = assetsFolder()
  if (assets !== undefined) {
    const path = join(assets, name)
    if (!isExecutable(path))
      throw new Error(`KUBEBUILDER_ASSETS: ${path} is not an executable file`)
    return path
  }
  const path = join(cacheFolder(), name)
  if (isExecutable(path)) return path
  tell(`building ${name} from its Go module, once (the API server takes up to five minutes)`)
  await build(name, path)
  return path
}

/** Where what is built is kept: outside the sources, so that every clone finds it. */
export function cacheFolder(): string {
  return join(cacheRoot(), 'cluster', kubernetesVersion)
}

/** The folder of this project among the user's caches. */
export function cacheRoot(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kubecred')
}

/** Runs `go` in this folder's module; what it prints to standard output. */
export async function runGo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const go = spawn('go', args, {
    cwd: moduleFolder,
    env: { ...process.env, CGO_ENABLED: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    go.once('error', reject).once('close', resolve)
  })
  const [code, stdout, stderr] = await Promise.all([ended, text(go.stdout), text(go.stderr)])
  if (code !== 0) throw new Error(`go ${args[0] ?? ''} ended with ${String(code)}:\n${stderr}`)
  return stdout
}

/** Builds a package of this folder's module into a file. Two may build at once; it appears whole. */
export async function buildFile(
  path: string,
  flags: readonly string[],
  packagePath: string,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const unfinished = `${path}.${process.pid}`
  try {
    await runGo(['build', ...flags, '-o', unfinished, packagePath])
    await rename(unfinished, path)
  } finally {
    await rm(unfinished, { force: true })
  }
}

async function build(name: Program, path: string): Promise<void> {
  const version = 'k8s.io/component-base/version'
  const [major = '', minor = ''] = kubernetesVersion.slice(1).split('.')
  const flags = [
    '-s -w',
    `-X ${version}.gitVersion=${kubernetesVersion}`,
    `-X ${version}.gitMajor=${major}`,
    `-X ${version}.gitMinor=${minor}`,
  ]
  await buildFile(path, ['-trimpath', '-ldflags', flags.join(' ')], programs[name])
}

function pinnedVersion(module: string): string {
  const goMod = readFileSync(join(moduleFolder, 'go.mod'), 'utf8')
  const line = goMod.split('\n').find((each) => each.trim().startsWith(`${module} v`))
  if (line === undefined) throw new Error(`go.mod does not require ${module}`)
  return line.trim().split(' ')[1] ?? ''
}

function assetsFolder(): string | undefined {
  return process.env['KUBEBUILDER_ASSETS'] || undefined
}

function isThere(names: readonly string[]): boolean {
  return names.every((name) => isExecutable(join(cacheFolder(), name)))
}
