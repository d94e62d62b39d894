import { expect, test } from 'vitest'

import { VolumeMetrics } from '../../src/doors/metrics.ts'
import { createFakeClock } from '../../src/doors/testing.ts'
import { publish } from '../../src/events/channels.ts'

function write(changed: boolean, tokensEndAt?: number): void {
  publish('kubecred:projection:written', () => {
    return { directory: '/run/a', changed, tokensEndAt, leftovers: [] }
  })
}

test('volumes are counted by their directory, until the counter is closed', () => {
  const clock = createFakeClock(1_000_000)
  const metrics = new VolumeMetrics({ clock })
  expect(metrics.text()).toBe('')
  write(true, 4_600_000)
  clock.advance(500)
  write(false, 4_600_000)
  publish('kubecred:projection:failed', () => {
    const what = {
      part: 'objects',
      errorCode: 'ERR_TIMEOUT',
      message: 'm',
      hint: undefined,
    } as const
    return { directory: '/run/a', ...what, retryInMs: 1, usable: true }
  })
  metrics.close()
  write(true)
  const lines = metrics.text().split('\n')
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
    'kubecred_volume_failures_total{code="ERR_TIMEOUT",directory="/run/a",part="objects"} 1',
    'kubecred_volume_last_write_timestamp_seconds{directory="/run/a"} 1000.5',
    'kubecred_volume_token_end_timestamp_seconds{directory="/run/a"} 4600',
    'kubecred_volume_writes_total{directory="/run/a"} 1',
  ])
})

test('of renewals those of ServiceAccount tokens count', () => {
  const metrics = new VolumeMetrics()
  const rest = { changed: 'token', certificate: undefined, replaced: undefined } as const
  for (const kind of ['token-request', 'exec']) {
    publish('kubecred:credential:renewed', () => {
      return { source: 's', kind, reason: 'due', ...rest, durationMs: 1, expiresAt: 1 }
    })
  }
  expect(metrics.text()).toContain('kubecred_token_renewals_total{reason="due"} 1\n')
  metrics.close()
})
