import { Counter } from '../metrics/counter.ts'
import type { MetricFamily } from '../metrics/metric-family.ts'

/** Counts the requests of a proxy. */
export class RequestCounts {
  readonly #answered = new Counter({
    name: 'kubecred_proxy_requests_total',
    help:
      'Requests for the API that are over, by status code and method. The code is that of the server, ' +
      '502, 503 or 504 of the proxy itself, 101 for what was upgraded, 499 where the client went first.',
  })
  readonly #refused = new Counter({
    name: 'kubecred_proxy_refused_requests_total',
    help: 'Requests that the proxy did not pass on, by status code and method.',
  })

  /** Counts a request that went to the API server. */
  answered({ method, statusCode }: { readonly method: string; readonly statusCode: number }): void {
    this.#answered.add(labelsOf(method, statusCode))
  }

  /** Counts a request that the filter refused, or that leads nowhere. */
  refused(method: string, statusCode: number): void {
    this.#refused.add(labelsOf(method, statusCode))
  }

  /**
   * The counts of this moment.
   *
   * @param inFlight Requests that are under way.
   */
  families(inFlight: number): readonly MetricFamily[] {
    const name = 'kubecred_proxy_requests_in_flight'
    const help = 'Requests that are under way, watches and upgraded connections among them.'
    const samples = [{ name, labels: {}, value: inFlight }]
    return [this.#refused.family(), { name, help, type: 'gauge', samples }, this.#answered.family()]
  }
}

// Clients choose the method: those that the API does not have are one series.
const methods = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])

function labelsOf(method: string, statusCode: number): { code: string; method: string } {
  return { code: String(statusCode), method: methods.has(method) ? method : 'other' }
}
