import type { Clock } from '../doors/index.ts'
import { formatMetrics, Metrics, metricsContentType, type MetricFamily } from '../doors/metrics.ts'
import type { Page } from '../proxy/page-server.ts'
import { processMetrics } from './process-metrics.ts'

/** The path of the metrics. */
export const metricsPath = '/metrics'

/** What a command tells Prometheus: of its plugins, of its process, and what it has counted itself. */
export class MetricsPage {
  readonly #metrics: Metrics
  readonly #ofProcess: () => readonly MetricFamily[]
  readonly #own: () => readonly MetricFamily[]

  /** Counts from now on. */
  constructor(clock: Clock, own: () => readonly MetricFamily[]) {
    this.#metrics = new Metrics({ clock })
    this.#ofProcess = processMetrics(clock)
    this.#own = own
  }

  /** The page of this moment. */
  page(): Page {
    const families = [...this.#metrics.families(), ...this.#own(), ...this.#ofProcess()]
    const body = formatMetrics(families.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    return { statusCode: 200, contentType: metricsContentType, body }
  }

  /** Counts no more. */
  close(): void {
    this.#metrics.close()
  }
}
