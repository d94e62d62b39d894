import type { Theme } from '../entry.ts'

const exec = 'client-go/plugin/pkg/client/auth/exec'
const transport = 'client-go/transport'

export const connections: Theme = {
  title: 'Connections and TLS',
  hundreds: 8,
  entries: [
    {
      number: 801,
      guarantee:
        'Another client certificate, or none after one, or one after none, moves every new request to new connections; another token closes nothing.',
      upstream: `${exec}: Authenticator.refreshCredsLocked, connTracker`,
      since: '1.11',
      tests: [
        'transport/conformance.test.ts: * > moves to new connections when the certificate changes, and lets the old ones finish',
        'transport/conformance.test.ts: * > keeps its connections when only the token changes',
        'transport/conformance.test.ts: * > does not show the old certificate when the next credential has none',
      ],
    },
    {
      number: 802,
      guarantee:
        'Requests under way on the old connections go on to their end; what is still open an hour later is cut.',
      upstream: 'client-go/util/connrotation: ConnectionTracker.CloseAll',
      since: '1.11',
      better: ['rotation-drains'],
      tests: [
        'transport/generations.test.ts: Generations > closes a replaced generation when its last request has ended, and leaves no timer',
        'transport/conformance.test.ts: * > cuts what an old identity still has open at the drain deadline',
      ],
    },
    {
      number: 803,
      guarantee: 'Connections that were upgraded outlive a rotation.',
      upstream: 'client-go/util/connrotation: ConnectionTracker.Track',
      since: '1.11',
      tests: [
        'transport/generations.test.ts: Generations > does not cut upgraded connections at the deadline, but when everything is closed',
        'transport/undici.test.ts: the undici stack > upgrades a connection, heals its 401, and lets it outlive a rotation',
      ],
    },
    {
      number: 804,
      guarantee:
        'Connections that the caller opens are part of this: TLS over them is ours, and they close with their certificate.',
      upstream: `${exec}: Authenticator.UpdateTransportConfig, DialHolder`,
      since: '1.11',
      tests: [
        'transport/conformance.test.ts: * > opens every connection through the given connect function',
        'transport/conformance.test.ts: * > fails the request when the given connect function fails',
      ],
    },
    {
      number: 805,
      guarantee:
        'A certificate and key that are both files are read again every five minutes, and together when they are rotated.',
      upstream: `${transport}: dynamicClientCert.loadClientCert, CertCallbackRefreshDuration`,
      since: '1.18',
      tests: [
        'file/file-provider.test.ts: certificate files > give a certificate that is good for five minutes',
        'file/read-certificate-pair.test.ts: a pair in the middle of a rotation is read when the rotation is done',
      ],
    },
    {
      number: 806,
      guarantee: 'A certificate of which any part stands in the kubeconfig is never read again.',
      upstream: `${transport}: TLSConfig.ReloadTLSFiles`,
      since: '1.18',
      tests: [
        'connect/connect.test.ts: connect > shows a client certificate that the kubeconfig has, as data and as files',
        'file/file-provider.test.ts: together > fixed parts alone have no end but that of their certificate',
      ],
    },
    {
      number: 807,
      guarantee: 'TLS is 1.2 at least, and the server’s name is verified, whatever Host says.',
      upstream: `${transport}: TLSConfigFor`,
      since: '1.10',
      tests: [
        "transport/hostile.test.ts: * > verifies the name of the server, not the one in the caller's Host header",
        'twins/tls-settings.test.ts: * a server that speaks * is *',
      ],
    },
    {
      number: 808,
      guarantee: '`tls-server-name` is the name that is asked for and verified.',
      upstream: 'client-go/rest: TLSClientConfig.ServerName',
      since: '1.18',
      tests: [
        'transport/conformance.test.ts: * > asks for the name that tls-server-name gives, and verifies it',
      ],
    },
    {
      number: 809,
      guarantee:
        'An authority together with insecure-skip-tls-verify is `specifying a root certificates file with the insecure flag is not allowed`.',
      upstream: `${transport}: TLSConfigFor`,
      since: '1.10',
      tests: [
        'transport/conformance.test.ts: * > refuses contradictory TLS settings when it is made',
        'twins/tls-settings.test.ts: the settings of TLS > are refused when an authority stands beside the wish not to verify',
      ],
    },
    {
      number: 810,
      guarantee:
        'An authority that is no certificate is `unable to load root certificates: …` before anything is sent, an empty file included.',
      upstream: `${transport}: rootCertPool, createErrorParsingCAData`,
      since: '1.10',
      better: ['empty-authority'],
      tests: [
        'twins/tls-settings.test.ts: the settings of TLS > are refused for an authority that is *',
      ],
    },
    {
      number: 811,
      guarantee:
        'A connection must stand within 30 seconds, and is probed after 30 seconds of quiet.',
      upstream: `${transport}: tlsTransportCache.get`,
      since: '1.10',
      tests: [
        'transport/keep-alive.test.ts: a connection of * > is probed after 30 s of quiet, also while a watch is open',
        'transport/conformance.test.ts: * > gives up a server that accepts and does not speak',
      ],
    },
    {
      number: 812,
      guarantee:
        'HTTP/1.1 is spoken unless the program asks for HTTP/2, and also then where the environment has `DISABLE_HTTP2`.',
      upstream: 'apimachinery/pkg/util/net: SetTransportDefaults',
      since: '1.10',
      better: ['http1-first'],
      tests: [
        'connect/connect.test.ts: connect > does not where DISABLE_HTTP2 forbids it',
        'connect/connect.test.ts: connect > speaks HTTP/2 when the program asks for it',
      ],
    },
    {
      number: 813,
      guarantee: 'Compression is not asked for where `disable-compression` says so.',
      upstream: 'client-go/rest: Config.DisableCompression',
      since: '1.26',
      tests: [
        'cli/request.test.ts: a success is printed > without compression, when the configuration is against it',
      ],
    },
  ],
}
