import diagnostics from 'node:diagnostics_channel'

import * as promClient from 'prom-client'
import { describe, expect, test } from 'vitest'

import { CertificatePlace } from '../../src/credential/certificate-places.ts'
import { Metrics } from '../../src/metrics/metrics.ts'
import { registerMetrics } from '../../src/metrics/prom-client.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { pluginEnded, policyAsked, renewed } from './happenings.ts'

const { Registry } = promClient
const clock = createFakeClock()
const ttl = 'rest_client_exec_plugin_ttl_seconds'
const calls = 'rest_client_exec_plugin_call_total'

function happen(): void {
  pluginEnded({})
  pluginEnded({ ok: false, exitCode: 3 })
  policyAsked(false)
  renewed({ replaced: { notBefore: clock.now() - 700_000, notAfter: clock.now() } })
}

/** What stands in a text, however it is ordered and however numbers are written. */
function contents(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll(/\d+(?:\.\d+)?e\+\d+/gu, (digits) => String(Number(digits))))
    .map((line) => {
      const [, name, labels, value] = /^(\w+)\{(.*)\} (.*)$/u.exec(line) ?? []
      const sorted = labels?.split(',').toSorted().join(',')
      return sorted === undefined ? line : `${name}{${sorted}} ${value}`
    })
    .toSorted()
}

describe('registerMetrics', () => {
  test('puts into a registry what Metrics write', async () => {
    const registry = new Registry()
    using metrics = new Metrics({ clock })
    const close = registerMetrics(promClient, registry, { clock })
    happen()
    expect(contents(await registry.metrics())).toEqual(contents(metrics.text()))
    close()
  })

  test('works the gauge out when it is read', async () => {
    const registry = new Registry()
    const close = registerMetrics(promClient, registry, { clock })
    expect(await registry.metrics()).toContain(`\n${ttl} +Inf\n`)
    const place = new CertificatePlace('exec')
    place.hold({ notAfter: clock.now() + 90_000 })
    expect(await registry.metrics()).toContain(`\n${ttl} 90\n`)
    clock.advance(100_000)
    expect(await registry.metrics()).toContain(`\n${ttl} -10\n`)
    place.hold(undefined)
    expect(await registry.metrics()).toContain(`\n${ttl} +Inf\n`)
    close()
  })

  test('leaves the other metrics of the registry alone, also when it is closed', async () => {
    const registry = new Registry()
    const own = new promClient.Counter({ name: 'own', help: 'Own.', registers: [registry] })
    own.inc()
    const close = registerMetrics(promClient, registry)
    expect(registry.getMetricsAsArray()).toHaveLength(5)
    close()
    expect(await registry.metrics()).toBe('# HELP own Own.\n# TYPE own counter\nown 1\n')
    expect(diagnostics.channel('kubecred:exec:end').hasSubscribers).toBe(false)
  })

  test('may come again after it was closed', async () => {
    const registry = new Registry()
    registerMetrics(promClient, registry)()
    const close = registerMetrics(promClient, registry)
    pluginEnded({})
    expect(await registry.getSingleMetricAsString(calls)).toContain(
      'code="0",call_status="no_error"} 1',
    )
    close()
  })

  test('takes nothing of the program away when a name is taken', () => {
    const registry = new Registry()
    const own = new promClient.Gauge({ name: ttl, help: 'Own.', registers: [registry] })
    expect(() => registerMetrics(promClient, registry)).toThrow(/already been registered/u)
    expect(registry.getMetricsAsArray()).toEqual([own])
    expect(diagnostics.channel('kubecred:exec:end').hasSubscribers).toBe(false)
  })

  test('takes a registry of OpenMetrics, too', async () => {
    const registry = new Registry<promClient.OpenMetricsContentType>()
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    const close = registerMetrics(promClient, registry)
    pluginEnded({})
    expect(await registry.metrics()).toContain('_call_total{code="0",call_status="no_error"} 1')
    close()
  })

  test('lets the workers of a cluster add up, and the shortest time count', async () => {
    const told: object[] = []
    for (const leftMs of [90_000, 30_000, 60_000]) {
      const registry = new Registry()
      const close = registerMetrics(promClient, registry, { clock })
      const place = new CertificatePlace('exec')
      place.hold({ notAfter: clock.now() + leftMs })
      pluginEnded({})
      told.push(await registry.getMetricsAsJSON())
      close()
      place.hold(undefined)
    }
    const all = promClient.AggregatorRegistry.aggregate(told)
    const text = await all.metrics()
    expect(text).toContain(`\n${ttl} 30\n`)
    expect(text).toContain(`\n${calls}{code="0",call_status="no_error"} 3\n`)
  })
})

test('without its arguments, as a program in JavaScript may call it, it says what is missing', () => {
  const call: () => unknown = Function.prototype.call.bind(registerMetrics, undefined)
  expect(call).toThrow('the first argument of registerMetrics is the module "prom-client"')
})
