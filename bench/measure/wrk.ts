import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What a run of wrk found. */
export interface Load {
  readonly requests: number
  readonly requestsPerSecond: number
  /** Both as wrk has them, which adds what clients that had to wait would have seen. */
  readonly p50Ms: number
  readonly p99Ms: number
}

const script = fileURLToPath(new URL('wrk-report.lua', import.meta.url))

/** Sends requests for some seconds over so many connections, each with one request at a time. */
export async function runWrk(
  wrk: string,
  url: string,
  connections: number,
  seconds: number,
): Promise<Load> {
  const args = ['-t', '1', '-c', `${connections}`, '-d', `${seconds}s`, '-s', script, url]
  const { stdout } = await promisify(execFile)(wrk, args)
  const last = stdout.trim().split('\n').at(-1) ?? ''
  // Written by our own script.
  const found = JSON.parse(last) as Record<
    'requests' | 'durationUs' | 'failed' | 'p50Us' | 'p99Us',
    number
  >
  const { requests, durationUs, failed, p50Us, p99Us } = found
  if (failed > 0 || requests === 0) throw new Error(`${failed} of ${requests} requests failed`)
  return {
    requests,
    requestsPerSecond: (requests * 1e6) / durationUs,
    p50Ms: p50Us / 1000,
    p99Ms: p99Us / 1000,
  }
}
