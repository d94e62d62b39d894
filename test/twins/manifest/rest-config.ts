import { none, type UpstreamTests } from './entry.ts'

const ownName = none("about the name that Go programs send; Kubecred's is its own")
const restClient = none('about the REST client of Go, which Kubecred does not have')
const noSecret =
  'kubeconfig/select.test.ts: the connection > shows no secret in JSON and inspection'

/** Tests of a connection's configuration. */
export const restConfig: readonly UpstreamTests[] = [
  {
    file: 'rest/config_test.go',
    tests: {
      TestIsConfigTransportTLS:
        'kubeconfig/select.test.ts: a server without TLS > is one without a scheme, too',
      TestSetKubernetesDefaultsUserAgent:
        'connect/connect.test.ts: connect > sends its name and version',
      TestAdjustVersion: ownName,
      TestAdjustCommit: ownName,
      TestAdjustCommand: ownName,
      TestBuildUserAgent: ownName,
      TestDefaultKubernetesUserAgent: ownName,
      TestRESTClientRequires: restClient,
      TestRESTClientLimiter: restClient,
      TestAnonymousAuthConfig: none('nothing here takes the credentials out of a configuration'),
      TestCopyConfig: 'kubeconfig/select.test.ts: the connection > cannot be changed',
      TestConfigStringer: noSecret,
      TestConfigSprint: noSecret,
      TestConfigWarningHandler:
        'cli/request.test.ts: a success is printed > with what the server warns of',
    },
  },
  {
    file: 'rest/url_utils_test.go',
    tests: {
      TestValidatesHostParameter:
        'kubeconfig/server-url.test.ts: a server address > * is the URL *, and plugins are told *',
    },
  },
]
