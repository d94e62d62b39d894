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
        'Requests under way on the old connections go on to their end, idle connections close at once; an hour later (`drainMs`) a watch in JSON ends after a whole line, as if the server had ended it, and what else is still open is cut. The time runs from the change, also while no request comes.',
      upstream: 'client-go/util/connrotation: ConnectionTracker.CloseAll',
      since: '1.11',
      better: ['rotation-drains'],
      tests: [
        'transport/generations.test.ts: Generations > closes a replaced generation when its last request has ended, and leaves no timer',
        'transport/generations.test.ts: Generations > listens only while something is open on the connections of this moment',
        'connect/rotation-while-watching.test.ts: * > counts the drain from a new * on',
        'proxy/rotations.test.ts: the clients of a proxy > see a watch end after another *, though nobody asks for anything else',
        'transport/conformance.test.ts: * > cuts what an old identity still has open at the drain deadline',
        'transport/conformance.test.ts: * > ends a watch at the drain deadline as if it were complete, after a whole line',
        'transport/conformance.test.ts: * > closes what is idle at a rotation, though something old is still open',
        'transport/conformance.test.ts: * > goes on with a slow upload over its old connection, and sends the next over a new one',
      ],
    },
    {
      number: 803,
      guarantee:
        'Connections that were upgraded outlive a rotation, unless `upgradeDrainMs` says for how long.',
      upstream: 'client-go/util/connrotation: ConnectionTracker.Track',
      since: '1.11',
      tests: [
        'transport/generations.test.ts: Generations > does not cut upgraded connections at the deadline, but when everything is closed',
        'transport/undici.test.ts: the undici stack > upgrades a connection, heals its 401, and lets it outlive a rotation',
        'transport/generations.test.ts: Generations > cuts upgraded connections at a deadline of their own, where there is one',
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
        'A certificate and key that are both files are read again when they change, and every five minutes, and together when they are rotated.',
      upstream: `${transport}: dynamicClientCert.loadClientCert, CertCallbackRefreshDuration`,
      since: '1.18',
      better: ['files-at-once'],
      tests: [
        'connect/rotating-files.test.ts: * > uses a new pair of certificate and key over new connections, and lets the old ones finish',
        'connect/rotating-files.test.ts: * > goes on with the old pair while only one half is new',
        'file/file-provider.test.ts: certificate files > give a certificate, with its end',
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
    {
      number: 814,
      guarantee:
        'A TLS handshake has 10 seconds once the bytes can flow: then it is `net/http: TLS handshake timeout`.',
      upstream: `${transport}: tlsTransportCache.get`,
      since: '1.10',
      tests: [
        'transport/handshake.test.ts: the TLS handshake on * > has 10 s, over *',
        'transport/handshake.test.ts: the TLS handshake on * > leaves no timer when it is done',
      ],
    },
    {
      number: 815,
      guarantee:
        'A connection that speaks HTTP/2 is sent a PING every 30 seconds, and is given up as `http2: client connection lost` when nothing comes from it any more, no answer within 15 seconds either; `HTTP2_READ_IDLE_TIMEOUT_SECONDS` (0 for no probes) and `HTTP2_PING_TIMEOUT_SECONDS` set other times.',
      upstream: 'apimachinery/pkg/util/net: readIdleTimeoutSeconds, pingTimeoutSeconds',
      since: '1.20',
      tests: [
        'transport/undici-probes.test.ts: a connection that speaks HTTP/2 > *',
        'connect/http2-environment.test.ts: http2Environment > reads the probes of *',
      ],
    },
    {
      number: 816,
      guarantee:
        'A request that was given up takes its connection with it over HTTP/1.1, and leaves it to the others over HTTP/2.',
      upstream: `${transport}: tlsTransportCache.get`,
      since: '1.10',
      tests: ['twins/connections.test.ts: * > a request that was given up leaves * the next one'],
    },
    {
      number: 817,
      guarantee:
        'A `certificate-authority` that is a file is read again when it changes: new requests trust whom it names then, and nobody else, over new connections; what is under way finishes. One that is not whole, cut off within a certificate for instance, is not used.',
      upstream: `${transport}: atomicTransportHolder.tryRefreshTransportLocked`,
      since: '1.36',
      better: ['authority-rotates'],
      tests: [
        'connect/rotating-files.test.ts: * > trusts whom a changed certificate-authority names, and nobody else',
        'connect/authority.test.ts: a bundle that is not whole does not replace the one before, when > *',
        'transport/conformance.test.ts: * > trusts another authority over new connections, and lets the old ones finish',
        'cli/proxy-reload.test.ts: a kubeconfig that changes is used > when the file of its certificate authority is replaced',
      ],
    },
    {
      number: 818,
      guarantee: 'No TLS session of one identity is resumed by another, with TLS 1.2 or 1.3.',
      upstream: `${transport}: tlsTransportCache.get`,
      since: '1.10',
      tests: [
        'transport/resumption.test.ts: * > resumes sessions of * within an identity, and never those of another',
      ],
    },
    {
      number: 819,
      guarantee:
        'A GOAWAY costs no request: what the server has taken goes on, a watch on which nothing happens included; what it has not processed and what comes next goes out on another connection, whatever stays open on this one.',
      better: ['unprocessed-again'],
      tests: [
        'transport/http2-sessions.test.ts: a connection over HTTP/2 > that a GOAWAY retires while a watch is open on it > *',
        'transport/lost-request.test.ts: a server that refuses HTTP/2 streams, undici 8, HTTP/2 > *',
      ],
    },
  ],
}
