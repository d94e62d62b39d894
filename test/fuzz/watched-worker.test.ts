import { expect, test } from 'vitest'

import { targets } from './targets.ts'
import { WatchedWorker } from './watched-worker.ts'

test('a batch from a seed is tried in a thread of its own, for every target', async () => {
  const worker = new WatchedWorker()
  try {
    for (const { name: target } of targets) {
      const outcome = await worker.run({ target, seed: 7, count: 20 })
      expect(outcome.died).toBeUndefined()
      expect(outcome.report?.found).toBeUndefined()
      expect(outcome.report?.heap).toBeGreaterThan(0)
    }
  } finally {
    await worker.close()
  }
})

test('a thread that dies is told, and replaced', async () => {
  const worker = new WatchedWorker()
  try {
    const outcome = await worker.run({ target: 'none', bytes: new Uint8Array() })
    expect(outcome.died?.kind).toBe('crash')
    const next = await worker.run({ target: 'timestamp', bytes: new Uint8Array() })
    expect(next.died).toBeUndefined()
  } finally {
    await worker.close()
  }
})

test('an input that takes too long is told, with its number', async () => {
  const text = `import { parentPort, workerData } from 'node:worker_threads'
    parentPort.on('message', () => {
      Atomics.store(new Int32Array(workerData), 0, 3)
      for (;;);
    })`
  const program = new URL(`data:text/javascript,${encodeURIComponent(text)}`)
  const worker = new WatchedWorker({ longestMs: 200, program })
  try {
    const outcome = await worker.run({ target: 'any', seed: 1, count: 10 })
    expect(outcome).toMatchObject({ died: { kind: 'hang' }, index: 3 })
  } finally {
    await worker.close()
  }
})
