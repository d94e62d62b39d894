/**
 * Metrics of plugins and of the certificates that they give, with the names, labels and buckets of
 * client-go: for the registry of a program that uses [prom-client](https://github.com/siimon/prom-client),
 * or as text for one that does not.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 *
 * import { Metrics, metricsContentType } from 'kubecred/metrics'
 *
 * const metrics = new Metrics()
 * createServer((_request, response) => {
 *   response.setHeader('Content-Type', metricsContentType).end(metrics.text())
 * }).listen(9464, '127.0.0.1')
 * ```
 *
 * @module
 */
export { Metrics } from '../metrics/metrics.ts'
export { registerMetrics } from '../metrics/prom-client.ts'
export { VolumeMetrics } from '../metrics/volume-metrics.ts'
export { formatMetrics, metricsContentType } from '../metrics/text-format.ts'

export type { MetricLabels, MetricFamily, MetricSample } from '../metrics/metric-family.ts'
export type { MetricsOptions } from '../metrics/metrics.ts'
export type { PromClient, PromMetric, PromRegistry } from '../metrics/prom-client.ts'
export type { Clock, Timer } from '../credential/clock.ts'
