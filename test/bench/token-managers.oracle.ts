import { describe, expect, test } from 'vitest'

import { kubeletTokens, type TokenManagerBench } from '../../bench/peers/token-managers.ts'
import { hasGoProgram } from '../cluster/go-programs.ts'

const title = 'the bench’s program over the kubelet’s token manager'
const why = hasGoProgram('tokens') ? '' : ' (skipped: Go is not on PATH)'

describe.skipIf(!hasGoProgram('tokens'))(`${title}${why}`, () => {
  test.for(['concurrent-cold', 'concurrent-due'] as const)(
    'counts more than one request for one key: %s',
    async (name) => {
      const kubelet = await theKubelet()
      const { requests } = await kubelet(name, 100)
      expect(requests).toBeGreaterThan(1)
    },
  )

  test.for(['get-hot', 'get-random', 'remove-owner'] as const)('times %s', async (name) => {
    const kubelet = await theKubelet()
    const { nanoseconds } = await kubelet(name, 1000)
    expect(nanoseconds).toBeGreaterThan(0)
  })

  test.skipIf(process.platform !== 'linux')(
    'sees memory grow by more than the tokens are long (Linux tells it)',
    async () => {
      const kubelet = await theKubelet()
      const { residentBefore, residentAfter } = await kubelet('memory', 20_000)
      expect(residentAfter - residentBefore).toBeGreaterThan(20_000 * 1024)
    },
  )
})

async function theKubelet(): Promise<TokenManagerBench> {
  const kubelet = await kubeletTokens(() => {})
  if (kubelet === undefined) throw new Error('Go is gone')
  return kubelet
}
