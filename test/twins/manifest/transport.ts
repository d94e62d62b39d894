import { none, type UpstreamTests } from './entry.ts'

const impersonation = 'twins/headers.test.ts: impersonation of >'
const settings = 'twins/tls-settings.test.ts: the settings of TLS >'
const source = 'credential/renewer.test.ts:'
const goHolders = none('about nil pointers in a Go struct')
const callbacks = none(
  'certificates come from the credential source, which is no callback of the caller',
)
const cacheOfGo = none(
  'about the cache of transports in a Go process; here each cluster has its connections',
)
const noAuthorityRotation = none(
  'an authority is read when a connection is made; the proxy follows its file',
)
const escaped = (key: string): string =>
  `${impersonation} the extra key ${key} is read back by the server`

/** Tests of headers, token sources and TLS. */
export const transport: readonly UpstreamTests[] = [
  {
    file: 'transport/round_trippers_test.go',
    tests: {
      TestMaskValue: 'cli/request.test.ts: -v > 6 tells requests, and no secret',
      TestBearerAuthRoundTripper:
        'twins/headers.test.ts: a bearer token becomes a header, and the headers that were given stay as they are',
      TestBasicAuthRoundTripper: {
        basic: 'twins/headers.test.ts: user and password become a header of basic authentication',
        'no pass':
          'twins/headers.test.ts: a user without password become a header of basic authentication',
      },
      TestUserAgentRoundTripper:
        'twins/headers.test.ts: a User-Agent of the caller stays, and else there is ours',
      TestImpersonationRoundTripper: {
        all: `${impersonation} everything is as client-go writes it`,
        'username, groups and extra': `${impersonation} user, groups and extra is as client-go writes it`,
        'username and uid': `${impersonation} user and UID is as client-go writes it`,
        'escape handling': `${impersonation} an extra key with a slash is as client-go writes it`,
        'double escape handling': `${impersonation} an extra key that is escaped already is as client-go writes it`,
      },
      TestAuthProxyRoundTripper: none(
        'for a proxy that the API server trusts, which Kubecred is not',
      ),
      TestHeaderEscapeRoundTrip: {
        alpha: escaped('alphabetical'),
        alphanumeric: escaped('alph4num3r1c'),
        'percent encoded': escaped('percent%20encoded'),
        'almost percent encoded': escaped('almost%zzpercent%xxencoded'),
        'illegal char & percent encoding': escaped('example.com/percent%20encoded'),
        'weird unicode stuff': escaped('example.com/ᛒᚥᛏᛖᚥᚢとロビン'),
        'header legal chars': escaped("abc123!#$+.-_*\\^`~|'"),
        'legal path, illegal header': escaped('@=:'),
      },
      TestDebuggingRoundTripper: 'cli/request.test.ts: -v > 6 tells requests, and no secret',
    },
  },
  {
    file: 'transport/token_source_test.go',
    tests: {
      TestCachingTokenSource: {
        'valid token returned from cache': `${source} a fresh credential > is handed out by current() and get(), without a run`,
        'valid token returned from cache 1 minute before scheduled refresh': `${source} a fresh credential > is handed out by current() and get(), without a run`,
        'new token created when cache is empty': `${source} the first credential > is not got before somebody asks`,
        'new token created 1 minute after scheduled refresh': `${source} a credential that has ended > is not handed out, and renewed once for all who ask`,
        'error on create token returns error': `${source} a failure > reaches everybody who waits, from one run`,
      },
      TestCachingTokenSourceRace: `${source} the first credential > comes from one run, however many ask for it`,
      TestTokenSourceTransportRoundTrip: {
        'skip oauth rt if has authorization header':
          "transport/conformance.test.ts: * > leaves the caller's own Authorization alone, and does not renew on its 401",
        'authorized on newly acquired good token':
          'transport/conformance.test.ts: * > sends the token, the user agent and what it impersonates',
        'authorized on cached good token':
          'transport/conformance.test.ts: * > lets 100 first requests share one run of the provider',
        'unauthorized on newly acquired bad token':
          'transport/conformance.test.ts: * > gives the second 401 to the caller, and runs the provider once for each cooldown',
        'unauthorized on cached bad token':
          'transport/conformance.test.ts: * > heals a 401 and sends the body again: *',
      },
      TestTokenSourceTransportCancelRequest: none('about the ways in which Go cancels a request'),
    },
  },
  {
    file: 'transport/transport_test.go',
    tests: {
      TestNew: {
        'default transport': `${settings} trust the authorities of the system when nothing is said`,
        insecure: `${settings} verify nothing when told so`,
        'server name': `${settings} ask for the name that is given`,
        'ca transport':
          'connect/connect.test.ts: connect > trusts an authority from a file, and names the file when it cannot be read',
        'bad ca file transport':
          'connect/connect.test.ts: connect > tells everything that is wrong at once, files that cannot be read included',
        'bad ca data transport': `${settings} are refused for an authority that is a certificate whose end is not one`,
        'ca data overriding bad ca file transport': none(
          'both together are an error, as in kubectl',
        ),
        'cert transport':
          'connect/connect.test.ts: connect > shows a client certificate that the kubeconfig has, as data and as files',
        'bad cert data transport':
          'connect/connect.test.ts: connect > says whose certificate does not fit its key',
        'bad file cert transport':
          'connect/connect.test.ts: connect > tells everything that is wrong at once, files that cannot be read included',
        'key data overriding bad file cert transport': none(
          'both together are an error, as in kubectl',
        ),
        'callback cert and key':
          'connect/connect.test.ts: connect > uses what a plugin gives: certificate',
        'cert callback error':
          'transport/conformance.test.ts: * > says in client-go words that the credential could not be got',
        'cert data overrides empty callback result': callbacks,
        'callback returns nothing':
          'connect/connect.test.ts: connect > uses what a plugin gives: token',
        'nil holders': goHolders,
        'non-nil dial holder and nil internal': goHolders,
        'non-nil cert holder and nil internal': goHolders,
        'non-nil dial holder+internal':
          'transport/conformance.test.ts: * > opens every connection through the given connect function',
        'non-nil cert holder+internal': callbacks,
        'non-nil holders+internal with global address': goHolders,
      },
      TestWrappers: none(
        'about functions that wrap functions; an undici dispatcher is composed instead',
      ),
      Test_contextCanceller_RoundTrip:
        'transport/conformance.test.ts: * > returns at once from an abort while the provider runs, and sends nothing',
      TestRootCertPoolEmptyData: `${settings} are refused for an authority that is nothing`,
    },
  },
  {
    file: 'transport/ca_rotation_test.go',
    tests: {
      TestCheckCAFileAndRotate: noAuthorityRotation,
      TestCARotationConnectionBehavior:
        'cli/proxy-reload.test.ts: a kubeconfig that changes is used > when the file of its certificate authority is replaced',
      TestCARotationConnectionBehavior_Disabled: noAuthorityRotation,
      TestCARotationMetricsEmitted: noAuthorityRotation,
    },
  },
  {
    file: 'transport/cache_test.go',
    tests: {
      TestTLSConfigKey: cacheOfGo,
      TestTLSConfigKeyCARotationDisabled: cacheOfGo,
      TestTLSTransportCacheCARotation: cacheOfGo,
      TestTLSTransportCacheCARotationDisabled: cacheOfGo,
      TestEmptyCAFileRotationLifecycle: cacheOfGo,
      TestCacheHoldAfterCARotation: cacheOfGo,
      TestCacheGCDisabledNoEviction: cacheOfGo,
      TestCacheReviveAfterDrop: cacheOfGo,
      TestUncacheableCertRotationLeak: cacheOfGo,
      TestCacheableCertRotationLeak: cacheOfGo,
      TestCacheGCDisabledCertRotationNoCancel: cacheOfGo,
      TestCacheStaleEvictionSkipped: cacheOfGo,
      TestCacheLeak: cacheOfGo,
    },
  },
  {
    file: 'util/connrotation/connrotation_test.go',
    tests: {
      TestCloseAll:
        'transport/generations.test.ts: Generations > destroys all generations, the retired too, and no one twice',
      TestCloseAllRace: none('about two threads; JavaScript has one'),
    },
  },
]
