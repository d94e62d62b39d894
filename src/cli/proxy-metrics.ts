import type { Server } from 'node:http'

import type { Clock } from '../doors/index.ts'
import type { FilterRules } from '../proxy/filter.ts'
import { createPageServer } from '../proxy/page-server.ts'
import { RequestCounts } from '../proxy/request-counts.ts'
import { MetricsPage, metricsPath } from './metrics-page.ts'
import { listen, type Place } from './proxy-listen.ts'

/** The metrics of a proxy, where they are asked for at a place. */
export function metricsOf(
  place: Place | undefined,
  settings: ProxyMetricsSettings,
): ProxyMetrics | undefined {
  return place === undefined ? undefined : new ProxyMetrics(place, settings)
}

/** What {@link ProxyMetrics} need. */
export interface ProxyMetricsSettings {
  readonly clock: Clock
  readonly rules: FilterRules | undefined
  /** How many requests are under way at this moment. */
  readonly inFlight: () => number
}

/** The metrics of a proxy, on a port of their own. */
export class ProxyMetrics {
  /** Has to be told of each request. */
  readonly requests: RequestCounts = new RequestCounts()
  readonly #page: MetricsPage
  readonly #server: Server
  readonly #place: Place

  /** Counts from now on, and listens nowhere yet. */
  constructor(place: Place, { clock, rules, inFlight }: ProxyMetricsSettings) {
    this.#place = place
    this.#page = new MetricsPage(clock, () => this.requests.families(inFlight()))
    const pages = new Map([[metricsPath, () => this.#page.page()]])
    this.#server = createPageServer({ pages, rules })
  }

  /**
   * Serves them.
   *
   * @returns Where: `127.0.0.1:9464`.
   * @throws {@link CommandError} When the place cannot be had.
   */
  async listen(): Promise<string> {
    return await listen(this.#server, this.#place)
  }

  /** Ends at once, with every connection. */
  close(): void {
    this.#page.close()
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
