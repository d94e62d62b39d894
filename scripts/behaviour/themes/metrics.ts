import type { Theme } from '../entry.ts'

const exec = 'client-go/plugin/pkg/client/auth/exec'
const tools = 'client-go/tools/metrics'
const whole = 'metrics/client-go.test.ts: the text of the metrics >'
const left = 'metrics/metrics.test.ts: the time until a certificate ends >'
const age = 'metrics/metrics.test.ts: the age of a certificate that is replaced >'

export const metrics: Theme = {
  title: 'Metrics',
  hundreds: 14,
  entries: [
    {
      number: 1401,
      guarantee:
        'Names, help texts, types, labels and the form of numbers are those that a Go program publishes, byte for byte.',
      upstream: `${tools}: ClientCertExpiry, ClientCertRotationAge, ExecPluginCalls`,
      since: '1.21',
      tests: [
        `${whole} is byte for byte that of client-go before anything has happened`,
        `${whole} is byte for byte that of client-go afterwards, but for the policy`,
        'metrics/prom-client.test.ts: registerMetrics > puts into a registry what Metrics write',
        'metrics/prometheus.test.ts: Prometheus > knows type and help of each metric',
      ],
    },
    {
      number: 1402,
      guarantee:
        '`rest_client_exec_plugin_ttl_seconds` is the time until the first certificate ends of all sources that are open, below zero when it has, `+Inf` where there is none.',
      upstream: `${exec}: certificateExpirationTracker.set`,
      since: '1.18',
      tests: [
        `${left} is that of the source whose certificate ends first`,
        `${left} goes down with the clock, and below zero`,
        `${left} does not count a source that is closed`,
        'twins/metrics.test.ts: the time that is told is the shortest of all authenticators that have a certificate',
      ],
    },
    {
      number: 1403,
      guarantee:
        '`rest_client_exec_plugin_certificate_rotation_age` observes how old a certificate was when another, or none, took its place, in buckets from ten minutes to four years.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.18',
      tests: [
        `${age} is observed once for each change, and not for the first one`,
        `${age} is observed when no certificate takes its place, and not when one comes back`,
        `${age} falls into every bucket that it is not over`,
        'metrics/prometheus.test.ts: Prometheus > reads the histogram as one, with the buckets of client-go',
      ],
    },
    {
      number: 1404,
      guarantee:
        '`rest_client_exec_plugin_call_total` counts calls by `code` and `call_status`: `no_error`, `plugin_execution_error`, `plugin_not_found_error`, `client_internal_error`.',
      upstream: `${exec}: incrementCallsMetric`,
      since: '1.21',
      tests: [
        'metrics/plugin-call.test.ts: pluginCall > counts * as client-go does',
        'metrics/plugin-runs.test.ts: a plugin that really runs > is counted *',
        'twins/metrics.test.ts: of plugins that run > every call is counted by its exit code, and as not found where nothing is',
      ],
    },
    {
      number: 1405,
      guarantee:
        'A plugin that was never called is not counted: one that could not prompt, or that the policy refused.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.21',
      tests: [
        'metrics/plugin-call.test.ts: pluginCall > does not count a plugin that was never called: *',
        'metrics/plugin-runs.test.ts: a plugin that really runs > is not counted when it must prompt and cannot',
      ],
    },
    {
      number: 1406,
      guarantee:
        '`rest_client_exec_plugin_policy_call_total` counts what the policy decided, `allowed` or `denied`.',
      upstream: `${exec}: incrementPolicyMetric`,
      since: '1.35',
      better: ['policy-metric'],
      tests: [
        `${whole} has the policy counter, which client-go declares and never registers`,
        'twins/metrics.test.ts: of plugins that run > every decision of the policy is counted',
      ],
    },
    {
      number: 1407,
      guarantee: 'No label holds a command, a name of a user, or a secret.',
      upstream: `${tools}: CallsMetric, ExpiryMetric`,
      since: '1.21',
      tests: [
        'metrics/metrics.test.ts: Metrics > have no label that holds a command, a source or a secret',
      ],
    },
  ],
}
