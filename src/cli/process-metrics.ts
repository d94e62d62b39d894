import process from 'node:process'

import { version, type Clock } from '../doors/index.ts'
import type { MetricFamily } from '../doors/metrics.ts'

/**
 * What programs commonly tell Prometheus of their process, and which version of Kubecred it is.
 *
 * @returns A function that gives it as it is at each call.
 */
export function processMetrics(clock: Clock): () => readonly MetricFamily[] {
  const startedAt = clock.now() / 1000 - process.uptime()
  return () => {
    const { user, system } = process.cpuUsage()
    return [
      single('gauge', 'kubecred_build_info', 'Version of Kubecred.', 1, { version }),
      single(
        'counter',
        'process_cpu_seconds_total',
        'Total user and system CPU time spent in seconds.',
        (user + system) / 1e6,
      ),
      single(
        'gauge',
        'process_resident_memory_bytes',
        'Resident memory size in bytes.',
        process.memoryUsage.rss(),
      ),
      single(
        'gauge',
        'process_start_time_seconds',
        'Start time of the process since unix epoch in seconds.',
        startedAt,
      ),
    ]
  }
}

function single(
  type: MetricFamily['type'],
  name: string,
  help: string,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): MetricFamily {
  return { name, help, type, samples: [{ name, labels, value }] }
}
