import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

import { kubectlPath } from '../kubeconfig/kubectl.ts'

/** How kubectl is to be run. */
export interface KubectlOptions {
  /** Where it finds files, and keeps what it knows of servers. */
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
  /** What it reads. Default: nothing. */
  readonly input?: string | Uint8Array
  /** Path of kubectl. Default: the one on PATH. */
  readonly kubectl?: string
}

/** kubectl while it runs. */
export interface KubectlProcess {
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

/** Starts kubectl without any configuration but the one it is given. */
export function startKubectl(
  args: readonly string[],
  { folder, env = {}, input, kubectl = kubectlPath ?? 'kubectl' }: KubectlOptions,
): KubectlProcess {
  const child = spawn(kubectl, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  // It may end with input left.
  child.stdin?.on('error', () => {}).end(input)
  return {
    child,
    stdout: collect(child.stdout),
    stderr: collect(child.stderr),
    ended: once(child, 'close').then(() => child.exitCode ?? child.signalCode),
  }
}

function collect(from: ChildProcess['stdout']): () => string {
  let text = ''
  from?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return () => text
}
