import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { limited } from '../peers/contenders.ts'

/** What came of many requests in one moment. */
export interface Burst {
  /** Those that were not answered with 200. */
  readonly failed: number
  /** How many failed with which code. */
  readonly failures: Readonly<Record<string, number>>
  /** Of those that were answered, from the moment of all, milliseconds. */
  readonly slowestMs: number
}

/** What a process is to send. */
export interface BurstOrder {
  readonly how: 'kubecred' | 'client-node' | 'url'
  readonly many: number
  /** A kubeconfig; for `url` that. */
  readonly target: string
  /** For `url`: over how many connections at most. Default: as many as there are requests. */
  readonly connections?: number
  /** Most file descriptors of the process. Default: as many as the bench has. */
  readonly descriptors?: number
}

const script = fileURLToPath(new URL('burst.ts', import.meta.url))

/** Sends many requests in one moment, from a process of its own. */
export async function runBurst(order: BurstOrder): Promise<Burst> {
  const { how, many, target, connections = many, descriptors } = order
  const words = [script, how, `${many}`, target, `${connections}`]
  const [command, args] =
    descriptors === undefined
      ? [process.execPath, words]
      : limited(descriptors, process.execPath, words)
  const { stdout } = await promisify(execFile)(command, args)
  // Written by the script.
  return JSON.parse(stdout) as Burst
}
