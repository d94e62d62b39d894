import { systemClock, type Clock } from '../credential/clock.ts'
import { subscribe, type KubecredEvents } from '../events/channels.ts'
import { Counter } from './counter.ts'
import type { MetricFamily } from './metric-family.ts'
import type { MetricsOptions } from './metrics.ts'
import { formatMetrics } from './text-format.ts'

type Written = KubecredEvents['kubecred:projection:written']

interface LastWrite {
  readonly atMs: number
  readonly tokensEndAt: number | undefined
}

/**
 * Counts what becomes of the projected volumes in this process, and of the tokens that are in them:
 *
 * - `kubecred_token_renewals_total`, by `reason`
 * - `kubecred_volume_failures_total`, by `code`, `directory` and `part`
 * - `kubecred_volume_last_write_timestamp_seconds`, by `directory`
 * - `kubecred_volume_token_end_timestamp_seconds`, by `directory`: of the token that ends first
 * - `kubecred_volume_writes_total`, by `directory`
 *
 * They count from the moment this is made until it is closed.
 */
export class VolumeMetrics implements Disposable {
  readonly #clock: Clock
  readonly #last = new Map<string, LastWrite>()
  readonly #renewals = new Counter({
    name: 'kubecred_token_renewals_total',
    help: 'Tokens of ServiceAccounts that were got, by the reason for it.',
  })
  readonly #failures = new Counter({
    name: 'kubecred_volume_failures_total',
    help: 'What a projected volume could not have, by the code of the error and what it is part of.',
  })
  readonly #writes = new Counter({
    name: 'kubecred_volume_writes_total',
    help: 'Changes of the files of a projected volume.',
  })
  readonly #ends: readonly (() => void)[]

  /** Counts from now on. */
  constructor({ clock = systemClock }: MetricsOptions = {}) {
    this.#clock = clock
    this.#ends = [
      subscribe('kubecred:credential:renewed', ({ kind, reason }) => {
        if (kind === 'token-request') this.#renewals.add({ reason })
      }),
      subscribe('kubecred:projection:failed', ({ errorCode = '', directory, part }) => {
        this.#failures.add({ code: errorCode, directory, part })
      }),
      subscribe('kubecred:projection:written', (event) => this.#wrote(event)),
    ]
  }

  /** Every metric with its numbers of this moment, ordered by name; one may have none yet. */
  families(): readonly MetricFamily[] {
    return [
      this.#renewals.family(),
      this.#failures.family(),
      this.#gauge(
        'kubecred_volume_last_write_timestamp_seconds',
        'When the files of a projected volume were last changed, or found to be right at the start.',
        ({ atMs }) => atMs,
      ),
      this.#gauge(
        'kubecred_volume_token_end_timestamp_seconds',
        'When the first of the tokens in a projected volume ends.',
        ({ tokensEndAt }) => tokensEndAt,
      ),
      this.#writes.family(),
    ]
  }

  /** The same in the text format of Prometheus, version 0.0.4; {@link metricsContentType} goes with it. */
  text(): string {
    return formatMetrics(this.families())
  }

  /** Counts no more; what was counted can still be read. Idempotent. */
  close(): void {
    for (const end of this.#ends) end()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #wrote({ directory, changed, tokensEndAt }: Written): void {
    if (changed) this.#writes.add({ directory })
    this.#last.set(directory, { atMs: this.#clock.now(), tokensEndAt })
  }

  #gauge(
    name: string,
    help: string,
    momentOf: (last: LastWrite) => number | undefined,
  ): MetricFamily {
    const samples = [...this.#last].flatMap(([directory, last]) => {
      const ms = momentOf(last)
      return ms === undefined ? [] : [{ name, labels: { directory }, value: ms / 1000 }]
    })
    return { name, help, type: 'gauge', samples }
  }
}
