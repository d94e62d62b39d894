import { readFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import { Metrics } from '../../src/metrics/metrics.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { difference } from '../differences.ts'
import { pluginEnded, policyAsked, renewed } from './happenings.ts'

const day = 24 * 3600 * 1000
const policyName = 'rest_client_exec_plugin_policy_call_total'

/** What test/cluster/exposition printed, a Go program with client-go 0.36. */
function recorded(name: string): string {
  return readFileSync(new URL(`client-go/${name}.txt`, import.meta.url), 'utf8')
}

/** What {@link Metrics} write after the same things that the Go program has happen. */
function used(): string {
  const clock = createFakeClock()
  using metrics = new Metrics({ clock })
  for (const ageMs of [1_800_000, 90 * day + 1500, 5 * 365 * day]) {
    renewed({ replaced: { notBefore: clock.now() - ageMs, notAfter: clock.now() + day } })
  }
  pluginEnded({})
  pluginEnded({ ok: false, errorCode: 'ERR_EXEC_REPLY' })
  pluginEnded({ ok: false, exitCode: 3, errorCode: 'ERR_EXEC_FAILED' })
  pluginEnded({ ok: false, exitCode: -1, errorCode: 'ERR_EXEC_FAILED' })
  const never = { ok: false, exitCode: undefined }
  pluginEnded({ ...never, started: false, errorCode: 'ERR_EXEC_NOT_FOUND' })
  pluginEnded({ ...never, errorCode: 'ERR_RENEWAL_DEADLINE' })
  policyAsked(true)
  policyAsked(false)
  return metrics.text()
}

function isPolicy(line: string): boolean {
  return line.includes(policyName)
}

describe('the text of the metrics', () => {
  test('is byte for byte that of client-go before anything has happened', () => {
    using metrics = new Metrics()
    expect(metrics.text()).toBe(recorded('untouched'))
  })

  test('is byte for byte that of client-go afterwards, but for the policy', () => {
    const lines = used().split('\n')
    expect(lines.filter((line) => !isPolicy(line)).join('\n')).toBe(recorded('used'))
  })

  test('has the policy counter, which client-go declares and never registers', () => {
    const { original, ours } = difference('policy-metric')
    expect([original, ours]).toEqual([
      expect.stringContaining('registered'),
      expect.stringContaining('`status`'),
    ])
    expect(recorded('used')).not.toContain(policyName)
    expect(used().split('\n').filter(isPolicy)).toEqual([
      expect.stringMatching(/^# HELP \w+ \[ALPHA\] Number of comparisons of an exec plugin /u),
      `# TYPE ${policyName} counter`,
      `${policyName}{status="allowed"} 1`,
      `${policyName}{status="denied"} 1`,
    ])
  })
})
