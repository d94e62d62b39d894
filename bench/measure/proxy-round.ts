import type { RunningProxy } from '../processes/proxy-process.ts'
import { readTreeUsage } from './process-tree.ts'
import { runWrk, type Load } from './wrk.ts'

/** What a proxy did in one round, and what it used; where the system does not tell, undefined. */
export interface ProxyRound extends Load {
  readonly cpuUsPerRequest: number | undefined
  /** The most so far. */
  readonly peakMiB: number | undefined
}

/** Puts a proxy under load for one round. */
export async function measureUnderLoad(
  wrk: string,
  { pid, url }: RunningProxy,
  connections: number,
  seconds: number,
): Promise<ProxyRound> {
  const before = readTreeUsage(pid)
  const load = await runWrk(wrk, `${url}/version`, connections, seconds)
  const after = readTreeUsage(pid)
  if (before === undefined || after === undefined) {
    return { ...load, cpuUsPerRequest: undefined, peakMiB: undefined }
  }
  const cpuUsPerRequest = ((after.cpuMs - before.cpuMs) * 1000) / load.requests
  return { ...load, cpuUsPerRequest, peakMiB: after.peakMiB }
}
