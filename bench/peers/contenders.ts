import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { findOnPath } from '../../scripts/executable.ts'
import { findKubectl } from '../../scripts/find-kubectl.ts'
import { getBinary } from '../../test/cluster/binaries.ts'
import { startProxy, type RunningProxy } from '../processes/proxy-process.ts'

/** A program with a `proxy` that is called as kubectl's is. */
export interface Contender {
  /** As the page calls its proxy. */
  readonly name: string
  readonly command: string
  /** What comes before the words that all of them take. */
  readonly args: readonly string[]
  /** What comes after them. */
  readonly flags?: readonly string[]
}

/** The command line as it was built. */
export const bundle: string = fileURLToPath(new URL('../../dist/bin/kubecred.cjs', import.meta.url))

/** What a part of the page says where there is no kubectl. */
export const noKubectl = 'kubectl is not on PATH, and there is no Go to build it with.'

/** `kubecred proxy` as it was built, with flags of its own. */
export function kubecred(...flags: readonly string[]): Contender {
  if (!existsSync(bundle)) throw new Error('there is no bundle: run `npm run build` first')
  const name = ['kubecred proxy', ...flags].join(' ')
  return { name, command: process.execPath, args: [bundle], flags }
}

/** `kubecred proxy` as it is where the environment forbids HTTP/2. */
export function overHttp1(): Contender {
  const { name, command, args } = kubecred()
  return {
    name: `${name} over HTTP/1.1`,
    command: 'env',
    args: ['DISABLE_HTTP2=1', command, ...args],
  }
}

/** `kubectl proxy`; built where Go is and kubectl is not, undefined where neither is. */
export async function kubectl(): Promise<Contender | undefined> {
  const found = findKubectl()
  if (found === undefined && findOnPath('go') === undefined) return undefined
  const tell = (line: string): void => void process.stdout.write(`${line}\n`)
  return { name: 'kubectl proxy', command: found ?? (await getBinary('kubectl', tell)), args: [] }
}

/** How a proxy may be started. */
export interface ProxyStart {
  readonly kubeconfig: string
  /** Most file descriptors. Default: as many as the bench has. */
  readonly descriptors?: number
}

/** Starts the proxy of a contender. */
export async function startContender(
  { command, args, flags = [] }: Contender,
  { kubeconfig, descriptors }: ProxyStart,
): Promise<RunningProxy> {
  const words = [...args, 'proxy', '--port', '0', '--kubeconfig', kubeconfig, ...flags]
  if (descriptors === undefined) return await startProxy(command, words)
  return await startProxy(...limited(descriptors, command, words))
}

/** A command under a limit of file descriptors. */
export function limited(
  descriptors: number,
  command: string,
  args: readonly string[],
): [string, readonly string[]] {
  return ['sh', ['-c', `ulimit -n ${descriptors} && exec "$@"`, 'sh', command, ...args]]
}
