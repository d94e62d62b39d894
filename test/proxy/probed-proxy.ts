import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { vi } from 'vitest'

import { KubecredProcess } from '../cli/kubecred-process.ts'
import { until } from '../testing/until.ts'
import { processState, residentBytes, type ProcessState } from './process-state.ts'
import type { SelfReport } from './self-report.ts'

/** What is seen of a proxy, after a collection of garbage. */
export interface Look {
  /** What it holds on to. */
  readonly holdings: ProcessState & Pick<SelfReport, 'resources' | 'objects'>
  /** Memory of objects, and of the buffers that they stand for. */
  readonly reachableBytes: number
  /** Memory of the process. */
  readonly residentBytes: number
}

// A look takes two seconds, and on a machine that is busy many: it is they that are counted, and no time.
const mostLooks = 20
const reportMs = 120_000

/** `kubecred proxy` as a process of its own that can be looked into. */
export class ProbedProxy {
  readonly port: number
  readonly pid: number
  readonly #process: KubecredProcess
  readonly #reportFile: string

  private constructor(process: KubecredProcess, reportFile: string) {
    this.#process = process
    this.#reportFile = reportFile
    this.port = Number(/:(\d+)\n/u.exec(process.out)?.[1])
    this.pid = process.child.pid ?? 0
  }

  /** Starts one; its reports go to a file in `folder`. */
  static async start(args: readonly string[], folder: string): Promise<ProbedProxy> {
    const reportFile = join(folder, `reports-${args.join('').replaceAll(/\W/gu, '')}`)
    const hook = new URL('./self-report.ts', import.meta.url).href
    const process = new KubecredProcess(['proxy', '--port=0', ...args], {
      env: {
        NODE_OPTIONS: `--expose-gc --import=${hook}`,
        KUBECRED_TEST_REPORT: reportFile,
      },
    })
    await until(() => process.out.includes('\n') || process.child.exitCode !== null)
    if (process.out === '') throw new Error(`the proxy did not start: ${process.err}`)
    return new ProbedProxy(process, reportFile)
  }

  /** Looks into it. */
  async look(): Promise<Look> {
    const { resources, objects, memory } = await this.#report()
    return {
      holdings: { ...(await processState(this.pid)), resources: lasting(resources), objects },
      reachableBytes: memory.heapUsed + memory.external,
      residentBytes: await residentBytes(this.pid),
    }
  }

  /** Looks until what it sees is enough: what has just been closed may not be gone yet. Gives the last look. */
  async lookUntil(enough: (look: Look) => boolean): Promise<Look> {
    let look = await this.look()
    for (let looks = 1; looks < mostLooks && !enough(look); looks++) {
      await sleep(200)
      look = await this.look()
    }
    return look
  }

  /** Ends it by SIGTERM: how it ended, and after how long. */
  async stop(): Promise<{ readonly outcome: number | string | null; readonly tookMs: number }> {
    const begin = performance.now()
    this.#process.child.kill('SIGTERM')
    const outcome = await this.#process.ended()
    return { outcome, tookMs: performance.now() - begin }
  }

  /** Ends it whatever it does. */
  async kill(): Promise<void> {
    this.#process.child.kill('SIGKILL')
    await this.#process.ended()
  }

  async #report(): Promise<SelfReport> {
    const before = this.#reports().length
    this.#process.child.kill('SIGUSR2')
    const isThere = (): boolean => this.#reports().length > before
    await vi.waitUntil(isThere, { timeout: reportMs, interval: 10 })
    return JSON.parse(this.#reports().at(-1) ?? '') as SelfReport
  }

  #reports(): readonly string[] {
    const text = readFileSync(this.#reportFile, { encoding: 'utf8', flag: 'a+' })
    // What follows the last newline is not whole yet.
    return text.split('\n').slice(0, -1)
  }
}

/** All but the files that it is just looking at, as it does every ten seconds. */
function lasting({
  FSReqPromise: _,
  ...resources
}: SelfReport['resources']): SelfReport['resources'] {
  return resources
}
