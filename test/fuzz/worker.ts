import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'

import fc from 'fast-check'

import { attempt } from './attempt.ts'
import { inputs } from './inputs.ts'
import { targets } from './targets.ts'
import type { Finding } from './verdict.ts'

/** What the one who watches asks for. */
export type Order =
  /** A batch of inputs from a seed. */
  | { readonly target: string; readonly seed: number; readonly count: number }
  /** One input. */
  | { readonly target: string; readonly bytes: Uint8Array }

/** What came of it. */
export interface Report {
  /** Number of the input in the batch, and what is wrong with it. */
  readonly found?: { readonly index: number; readonly finding: Finding; readonly bytes: Uint8Array }
  /** Bytes in use after a collection. */
  readonly heap: number
}

setFlagsFromString('--expose-gc')
// The function that the flag adds.
const collect = runInNewContext('gc') as () => void
// The number of the input that is being tried, for the one who watches.
const progress = new Int32Array(workerData as SharedArrayBuffer)

parentPort?.on('message', (order: Order) => {
  const report = carryOut(order)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(report)
})

function carryOut(order: Order): Report {
  const target = targets.find(({ name }) => name === order.target)
  const input = inputs[order.target]
  if (target === undefined || input === undefined) throw new Error(`no target ${order.target}`)
  const cases =
    'bytes' in order ? [order.bytes] : fc.sample(input, { seed: order.seed, numRuns: order.count })
  let found: Report['found']
  for (const [index, bytes] of cases.entries()) {
    Atomics.store(progress, 0, index)
    const finding = attempt(target, bytes)
    if (finding !== undefined) {
      found = { index, finding, bytes }
      break
    }
  }
  Atomics.store(progress, 0, -1)
  cases.length = 0
  collect()
  const { heapUsed } = process.memoryUsage()
  return found === undefined ? { heap: heapUsed } : { found, heap: heapUsed }
}
