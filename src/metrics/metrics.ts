import { systemClock, type Clock } from '../credential/clock.ts'
import { Counter } from './counter.ts'
import { certificateTtl, pluginCalls, policyCalls, rotationAge } from './definitions.ts'
import { Histogram } from './histogram.ts'
import { certificateTtlSeconds, measure } from './measure.ts'
import type { MetricFamily } from './metric-family.ts'
import { formatMetrics } from './text-format.ts'

/** What {@link Metrics} takes. */
export interface MetricsOptions {
  /** Default: the machine's time. */
  readonly clock?: Clock | undefined
}

/**
 * Counts what plugins and their certificates do in this process, under client-go's names:
 *
 * - `rest_client_exec_plugin_call_total`, by `code` and `call_status`
 * - `rest_client_exec_plugin_certificate_rotation_age`, seconds
 * - `rest_client_exec_plugin_policy_call_total`, by `status`
 * - `rest_client_exec_plugin_ttl_seconds`
 *
 * The last is worked out when it is read, over every source that is alive; the others count from the
 * moment this is made until it is closed. No label holds a command, a user or a server.
 */
export class Metrics implements Disposable {
  readonly #clock: Clock
  readonly #calls = new Counter(pluginCalls)
  readonly #checks = new Counter(policyCalls)
  readonly #ages = new Histogram(rotationAge)
  readonly #stop: () => void

  /** Counts from now on. */
  constructor({ clock = systemClock }: MetricsOptions = {}) {
    this.#clock = clock
    this.#stop = measure(
      {
        called: ({ code, status }) => this.#calls.add({ call_status: status, code }),
        checked: (status) => this.#checks.add({ status }),
        rotated: (ageSeconds) => this.#ages.observe(ageSeconds),
      },
      clock,
    )
  }

  /** Every metric with its numbers of this moment, ordered by name; one may have none yet. */
  families(): readonly MetricFamily[] {
    const { name, help } = certificateTtl
    const value = certificateTtlSeconds(this.#clock)
    const ttl = { name, help, type: 'gauge', samples: [{ name, labels: {}, value }] } as const
    return [this.#calls.family(), this.#ages.family(), this.#checks.family(), ttl]
  }

  /** The same in the text format of Prometheus, version 0.0.4; {@link metricsContentType} goes with it. */
  text(): string {
    return formatMetrics(this.families())
  }

  /** Counts no more; what was counted can still be read. Idempotent. */
  close(): void {
    this.#stop()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
