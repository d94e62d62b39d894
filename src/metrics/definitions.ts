/** What a metric is called, and what is said of it. */
export interface MetricDefinition {
  readonly name: string
  readonly help: string
}

// Names, help texts and buckets are those of client-go, as k8s.io/component-base 0.36 publishes them:
// a dashboard or an alert that was made for a Go program holds for Kubecred, too.

/** Seconds until the first of all certificates from plugins ends. */
export const certificateTtl: MetricDefinition = {
  name: 'rest_client_exec_plugin_ttl_seconds',
  help:
    '[ALPHA] Gauge of the shortest TTL (time-to-live) of the client certificate(s) managed by the ' +
    'auth exec plugin. The value is in seconds until certificate expiry (negative if already ' +
    'expired). If auth exec plugins are unused or manage no TLS certificates, the value will be +INF.',
}

/** Seconds that certificates from plugins had lived when they were replaced. */
export const rotationAge: MetricDefinition & { readonly buckets: readonly number[] } = {
  name: 'rest_client_exec_plugin_certificate_rotation_age',
  help:
    '[ALPHA] Histogram of the number of seconds the last auth exec plugin client certificate lived ' +
    'before being rotated. If auth exec plugin client certificates are unused, histogram will ' +
    'contain no data.',
  // 10 and 30 minutes, 1 and 4 hours, 1 day, 1 week, 1, 3, 6 and 12 months, 4 years.
  buckets: [
    600, 1800, 3600, 14_400, 86_400, 604_800, 2_592_000, 7_776_000, 15_552_000, 31_104_000,
    124_416_000,
  ],
}

/** Runs of plugins, by exit code and by how they went. */
export const pluginCalls: MetricDefinition = {
  name: 'rest_client_exec_plugin_call_total',
  help:
    '[ALPHA] Number of calls to an exec plugin, partitioned by the type of event encountered ' +
    '(no_error, plugin_execution_error, plugin_not_found_error, client_internal_error) and an ' +
    'optional exit code. The exit code will be set to 0 if and only if the plugin call was successful.',
}

/**
 * Plugins held against the policy, by the outcome.
 *
 * client-go declares two labels for this one, gives it one value, and never registers it; `status` is
 * what its code calls that value.
 */
export const policyCalls: MetricDefinition = {
  name: 'rest_client_exec_plugin_policy_call_total',
  help:
    '[ALPHA] Number of comparisons of an exec plugin to the plugin policy and allowlist (if any), ' +
    'partitioned by whether or not the policy permits the plugin',
}
