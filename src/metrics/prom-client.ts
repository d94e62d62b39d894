import { systemClock } from '../credential/clock.ts'
import {
  certificateTtl,
  pluginCalls,
  policyCalls,
  rotationAge,
  type MetricDefinition,
} from './definitions.ts'
import { certificateTtlSeconds, measure, type Measurements } from './measure.ts'
import type { MetricsOptions } from './metrics.ts'

/** What is used of a registry of `prom-client`. */
export interface PromRegistry {
  removeSingleMetric(name: string): void
}

/** What every metric of `prom-client` is made of. */
export interface PromMetric<Registry> {
  readonly name: string
  readonly help: string
  readonly registers: Registry[]
}

/**
 * What is used of the package `prom-client`: the module itself fits. It comes as an argument and is
 * imported nowhere, so that there is never a second copy of it, and nothing to miss where it is not.
 */
export interface PromClient<Registry> {
  readonly Counter: new (metric: PromMetric<Registry> & { readonly labelNames: string[] }) => {
    inc(labels: Record<string, string>): void
  }
  readonly Gauge: new (
    metric: PromMetric<Registry> & {
      readonly aggregator: 'min'
      readonly collect: (this: { set(value: number): void }) => void
    },
  ) => object
  readonly Histogram: new (metric: PromMetric<Registry> & { readonly buckets: number[] }) => {
    observe(value: number): void
  }
}

/**
 * Puts the metrics of {@link Metrics} into a registry of `prom-client`, and counts from now on. The
 * workers of a cluster add up; of their times until a certificate ends, the shortest counts.
 *
 * @param client The module `prom-client`, 15.1 or a later one of that major.
 * @returns A function that stops counting and takes the metrics out of the registry again.
 * @throws TypeError when the client is another module; Error `prom-client`'s own, when the registry has a metric of one of these names.
 * @example
 * ```ts
 * import { registerMetrics } from 'kubecred/metrics'
 * import * as promClient from 'prom-client'
 *
 * registerMetrics(promClient, promClient.register)
 * console.log(await promClient.register.metrics())
 * ```
 */
export function registerMetrics<Registry extends PromRegistry>(
  client: PromClient<Registry>,
  registry: Registry,
  { clock = systemClock }: MetricsOptions = {},
): () => void {
  // A program in JavaScript may give anything, or nothing.
  if (typeof { ...client }.Counter !== 'function') {
    throw new TypeError('the first argument of registerMetrics is the module "prom-client"')
  }
  const registers = [registry]
  const made: string[] = []
  const noted = <Metric>({ name }: MetricDefinition, metric: Metric): Metric => {
    made.push(name)
    return metric
  }
  const remove = (): void => {
    for (const name of made) registry.removeSingleMetric(name)
  }
  try {
    const counters = countersIn(client, registers, noted)
    noted(
      certificateTtl,
      new client.Gauge({
        ...certificateTtl,
        registers,
        aggregator: 'min',
        collect() {
          this.set(certificateTtlSeconds(clock))
        },
      }),
    )
    const stop = measure(counters, clock)
    return () => {
      stop()
      remove()
    }
  } catch (error) {
    remove()
    throw error
  }
}

function countersIn<Registry>(
  { Counter, Histogram }: PromClient<Registry>,
  registers: Registry[],
  noted: <Metric>(definition: MetricDefinition, metric: Metric) => Metric,
): Measurements {
  const calls = noted(
    pluginCalls,
    new Counter({ ...pluginCalls, registers, labelNames: ['code', 'call_status'] }),
  )
  const checks = noted(
    policyCalls,
    new Counter({ ...policyCalls, registers, labelNames: ['status'] }),
  )
  const ages = noted(
    rotationAge,
    new Histogram({ ...rotationAge, registers, buckets: [...rotationAge.buckets] }),
  )
  return {
    called: ({ code, status }) => calls.inc({ code, call_status: status }),
    checked: (status) => checks.inc({ status }),
    rotated: (ageSeconds) => ages.observe(ageSeconds),
  }
}
