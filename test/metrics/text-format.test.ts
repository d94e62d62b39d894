import { describe, expect, test } from 'vitest'

import type { MetricFamily } from '../../src/metrics/metric-family.ts'
import { formatMetrics, goNumber } from '../../src/metrics/text-format.ts'

function counter(name: string, labels: Readonly<Record<string, string>>, help = ''): MetricFamily {
  return { name, help, type: 'counter', samples: [{ name, labels, value: 1 }] }
}

describe('goNumber', () => {
  // What strconv.FormatFloat(v, 'g', -1, 64) gives, which client_golang writes numbers with.
  test.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [-1.5, '-1.5'],
    [0.1 + 0.2, '0.30000000000000004'],
    [999_999, '999999'],
    [1_000_000, '1e+06'],
    [-2_592_000, '-2.592e+06'],
    [123_456.789, '123456.789'],
    [1_234_567.89, '1.23456789e+06'],
    [1e21, '1e+21'],
    [1.5e300, '1.5e+300'],
    [0.0001, '0.0001'],
    [0.000_01, '1e-05'],
    [5e-324, '5e-324'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [Number.NaN, 'NaN'],
  ])('writes %d as Go does: %s', (value, text) => {
    expect(goNumber(value)).toBe(text)
  })
})

describe('formatMetrics', () => {
  test('writes help, type and each series on lines of their own', () => {
    const name = 'x_total'
    const samples = [
      { name, labels: { a: '1', b: '2' }, value: 3 },
      { name, labels: {}, value: Infinity },
    ]
    expect(formatMetrics([{ name, help: 'Some.', type: 'counter', samples }])).toBe(
      '# HELP x_total Some.\n# TYPE x_total counter\nx_total{a="1",b="2"} 3\nx_total +Inf\n',
    )
  })

  test('escapes backslashes and line ends everywhere, and quotes in labels', () => {
    const odd = 'a\\b"c\nd'
    expect(formatMetrics([counter('x', { l: odd }, odd)])).toBe(
      '# HELP x a\\\\b"c\\nd\n# TYPE x counter\nx{l="a\\\\b\\"c\\nd"} 1\n',
    )
  })

  test('leaves out what has no series, and is empty when nothing has', () => {
    const none: MetricFamily = { ...counter('none', {}), samples: [] }
    expect(formatMetrics([none, counter('x', {}), none])).not.toContain('none')
    expect(formatMetrics([none])).toBe('')
  })
})
