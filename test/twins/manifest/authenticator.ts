import { none, type UpstreamTests } from './entry.ts'

const told = 'twins/refresh-creds.test.ts: a plugin is told, and its token is used,'
const gives = 'twins/refresh-creds.test.ts: a plugin that gives'
const fails = 'twins/refresh-creds.test.ts: a run fails'
const hints = 'twins/install-hint.test.ts: help for a plugin that is missing is given'
const cluster = 'twins/exec-cluster.test.ts: a plugin is told of its cluster'
const noMetrics = none('Kubecred counts nothing yet; runs are events')
const notShared = none('each connection has a credential source of its own, so nothing needs a key')
const pluginSide = none('for authors of plugins: Kubecred is on the other side')

const refreshCreds = {
  'beta-with-TLS-credentials': `${gives} > a certificate makes a credential of the pair alone`,
  'beta-with-bad-TLS-credentials': `${fails} > for a pair that is no PEM`,
  'beta-cert-but-no-key': `${fails} > for a certificate without key`,
  'beta-basic-request': `${told} > where nothing is said of the mode`,
  'beta-basic-request-with-never-interactive-mode': `${told} > with Never`,
  'beta-basic-request-with-never-interactive-mode-and-stdin-unavailable': `${told} > with Never and no standard input`,
  'beta-basic-request-with-if-available-interactive-mode': `${told} > with IfAvailable`,
  'beta-basic-request-with-if-available-interactive-mode-and-stdin-unavailable': `${told} > with IfAvailable and no standard input`,
  'beta-basic-request-with-if-available-interactive-mode-and-terminal': `${told} > with IfAvailable and a terminal`,
  'beta-basic-request-with-if-available-interactive-mode-and-terminal-and-stdin-unavailable': `${told} > with IfAvailable, a terminal and no standard input`,
  'beta-basic-request-with-always-interactive-mode': `${fails} > with Always and no terminal`,
  'beta-basic-request-with-always-interactive-mode-and-terminal-and-stdin-unavailable': `${fails} > with Always, a terminal and no standard input`,
  'beta-basic-request-with-always-interactive-mode-and-terminal-and-stdin-unavailable-with-message': `${fails} > with Always, a terminal and no standard input, saying why`,
  'beta-basic-request-with-always-interactive-mode-and-terminal': `${told} > with Always and a terminal`,
  'beta-expiry': `${gives} > an end makes a credential with that end`,
  'beta-no-group-version': `${fails} > for a reply without version`,
  'beta-no-status': `${fails} > for a reply without status`,
  'beta-no-token': `${fails} > for an empty status`,
  'unknown-binary': `${fails} > with the hint of a plugin that is not there`,
  'binary-fails': `${fails} > with the exit code of the plugin`,
  'beta-with-cluster-and-provide-cluster-info-is-serialized': `${told} > of its cluster, when it asks`,
  'beta-with-cluster-and-without-provide-cluster-info-is-not-serialized': `${told} > without the cluster that it did not ask for`,
  'v1-basic-request': `${told} > in v1 as well`,
  'v1-with-missing-interactive-mode': `${fails} > in v1 without a mode`,
}

/** Tests of the authenticator, its metrics, and what a plugin is told of its cluster. */
export const authenticator: readonly UpstreamTests[] = [
  {
    file: 'plugin/pkg/client/auth/exec/exec_test.go',
    tests: {
      TestCacheKey: notShared,
      TestRefreshCreds: refreshCreds,
      TestPluginPolicy: none('Kubecred has no plugin policy yet'),
      TestRoundTripper:
        'twins/authenticator.test.ts: a token serves until the server rejects it or it ends, and is then replaced',
      TestAuthorizationHeaderPresentCancelsExecAction: {
        'bearer token': 'twins/authenticator.test.ts: a plugin is switched off by a token',
        'basic auth': 'twins/authenticator.test.ts: a plugin is switched off by a user name',
        'cert auth': 'twins/authenticator.test.ts: a plugin is switched off by a certificate',
      },
      TestTLSCredentials:
        'twins/authenticator.test.ts: a certificate that has ended is replaced, whether or not the server takes the next',
      TestConcurrentUpdateTransportConfig:
        'twins/authenticator.test.ts: connections that are made at once from one configuration do not get in the way of each other',
      TestInstallHintRateLimit: {
        'print-up-to-threshold': `${hints} > ten times at most`,
        'after-interval-threshold-resets': `${hints} > ten times more in the next hour`,
      },
    },
  },
  {
    file: 'plugin/pkg/client/auth/exec/exec_cache_test.go',
    tests: { TestExecTLSCache: notShared },
  },
  {
    file: 'plugin/pkg/client/auth/exec/metrics_test.go',
    tests: {
      TestCertificateExpirationTracker: noMetrics,
      TestCallsMetric: noMetrics,
      TestPolicyCallsMetric: noMetrics,
    },
  },
  {
    file: 'rest/exec_test.go',
    tests: {
      TestConfigToExecCluster: {
        'CA data from memory': `${cluster} > with an authority from the kubeconfig`,
        'CA data from file': `${cluster} > with an authority from a file`,
        'no CA data': `${cluster} > and no plugin runs where the authority cannot be read`,
        'nil proxy': `${cluster} > without a proxy when there is none, and that its certificate is not verified`,
        'bad proxy': `${cluster} > and no plugin runs where the proxy is no URL`,
        'proxy returns nil': `${cluster} > without a proxy when there is none, and that its certificate is not verified`,
        'invalid config host': `${cluster} > and no plugin runs where the server is no URL`,
      },
      TestConfigToExecClusterRoundtrip: pluginSide,
      TestExecClusterToConfigRoundtrip: pluginSide,
    },
  },
  {
    file: 'tools/auth/exec/exec_test.go',
    tests: { TestLoadExecCredential: pluginSide },
  },
  {
    file: 'tools/auth/exec/types_test.go',
    tests: {
      TestClientAuthenticationClusterTypesAreSynced: none(
        'holds two Go types together; TypeScript has one',
      ),
      TestAllClusterTypesAreSynced: none('holds two Go types together; TypeScript has one'),
    },
  },
]
