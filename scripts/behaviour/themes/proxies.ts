import type { Theme } from '../entry.ts'

const net = 'apimachinery/pkg/util/net'
const through = 'transport/through-proxies.test.ts: * > through a proxy of *'
const beside = 'connect/proxies-kubectl.test.ts: beside kubectl >'
const environment = 'connect/proxies-kubectl.test.ts: the environment >'
const forwarding = 'transport/forwarding-proxies.test.ts:'

export const proxies: Theme = {
  title: 'Proxies on the way to the server',
  hundreds: 12,
  entries: [
    {
      number: 1201,
      guarantee:
        '`proxy-url` may be http, https or socks5, and comes before what the environment says, whatever `NO_PROXY` holds.',
      upstream: 'client-go/tools/clientcmd: parseProxyURL, DirectClientConfig.ClientConfig',
      since: '1.19',
      tests: [
        `${beside} a proxy-url of * hears the same, login included`,
        'connect/choose-proxy.test.ts: the proxy of the kubeconfig comes before that of the environment, whatever NO_PROXY says',
        'connect/connect.test.ts: connect > goes through the proxy of the kubeconfig, unless the caller opens the connections',
      ],
    },
    {
      number: 1202,
      guarantee:
        'Else it is that of the environment: `HTTPS_PROXY` for a server of https, `HTTP_PROXY` for one of http, or the same in small letters; the values are read as Go reads them.',
      upstream: `${net}: SetOldTransportDefaults`,
      since: '1.10',
      tests: [
        `${environment} is used alike: *`,
        'connect/environment-proxy.test.ts: HTTPS_PROXY="*" is read as in Go',
        'cli/outbound-proxy.test.ts: a request goes through the proxy of the environment',
      ],
    },
    {
      number: 1203,
      guarantee:
        'A proxy of the environment is passed over for the servers that `NO_PROXY` names by name, domain, address, range or port, and for this machine.',
      upstream: `${net}: NewProxierWithNoProxyCIDR`,
      since: '1.10',
      tests: [
        'connect/environment-proxy.test.ts: NO_PROXY="*" keeps the same servers direct as in Go',
        `${environment} is passed over alike: *`,
        `${environment} is passed over for loopback, and for what HTTP_PROXY alone names`,
      ],
    },
    {
      number: 1204,
      guarantee:
        'A proxy hears the address of the server, its own login, and nothing else: no token, no header, no name of a user.',
      upstream: 'client-go/rest: Config.Proxy',
      since: '1.19',
      tests: [
        `${through} > tells the proxy the address of the server and nothing else`,
        `${through} > shows the login that the proxy wants`,
      ],
    },
    {
      number: 1205,
      guarantee:
        'The server is verified through the tunnel as without one, and each TLS identity has tunnels of its own.',
      upstream: 'client-go/transport: tlsTransportCache.get',
      since: '1.10',
      tests: [
        `${through} > verifies the server through the tunnel`,
        `${through} > opens tunnels of its own for each identity`,
        `${through} > sends a request again after a 401`,
      ],
    },
    {
      number: 1206,
      guarantee:
        'Without TLS to the server a proxy of http or https gets the requests themselves, with whole URLs and without a credential; socks5 tunnels them.',
      upstream: `${net}: SetOldTransportDefaults`,
      since: '1.10',
      tests: [
        `${forwarding} * without TLS to the server > sends whole URLs to a proxy of *, with its login and without a token`,
        `${forwarding} * without TLS to the server > tunnels through a proxy of socks5, which hears nothing of the request`,
      ],
    },
    {
      number: 1207,
      guarantee: 'Upgrades go through every kind of proxy, and outlive a rotation there, too.',
      upstream: 'client-go/util/connrotation: Dialer.DialContext',
      since: '1.11',
      tests: [
        `${forwarding} an upgrade without TLS is tunnelled through a proxy of *`,
        `${forwarding} an upgrade through a proxy of * outlives a rotation, and ends with the cluster`,
      ],
    },
    {
      number: 1208,
      guarantee:
        'A proxy that refuses, breaks off or babbles is told in Go’s words; what it says is repeated only where that does not give its login away.',
      upstream: 'client-go/rest: Config.Proxy',
      since: '1.19',
      better: ['quotes-no-secret'],
      tests: [
        `${beside} a proxy of * that fails has the same words: *`,
        `${through} > does not repeat words of the proxy that give its login away`,
        `${through} > gives up on a proxy that hangs, after the time that a connection may take`,
      ],
    },
    {
      number: 1209,
      guarantee: 'A proxy that is not there is named, and not taken for the server.',
      upstream: 'client-go/rest: Config.Proxy',
      since: '1.19',
      better: ['names-the-proxy'],
      tests: [
        `${beside} a proxy that is not there is told apart from the server`,
        `${through} > names the proxy that is not there, and not the server`,
      ],
    },
    {
      number: 1210,
      guarantee: 'A proxy without a host is refused before anything is sent, wherever it is named.',
      upstream: 'client-go/tools/clientcmd: parseProxyURL',
      since: '1.19',
      better: ['proxy-without-host'],
      tests: [
        'connect/choose-proxy.test.ts: * in the environment, is refused',
        `${beside} a proxy-url without a host is refused rather than taken for this machine`,
      ],
    },
    {
      number: 1211,
      guarantee:
        'TLS to an https proxy is with the proxy: the authorities of the machine count beside that of the cluster, its own name is expected, and the client certificate stays away.',
      upstream: 'client-go/transport: TLSConfigFor',
      since: '1.19',
      better: ['proxy-identity'],
      tests: [
        `${beside} an https proxy is shown no client certificate, and may have one of the machine`,
        `${forwarding} an https proxy must be one of the machine or of the cluster, unless nobody is verified`,
        'cli/outbound-proxy.test.ts: an https proxy may have a certificate of an authority of the machine',
      ],
    },
    {
      number: 1212,
      guarantee:
        'A program that opens the connections itself (`connect`) is asked instead of any proxy.',
      upstream: 'client-go/rest: Config.Dial',
      since: '1.10',
      tests: [
        `${through} > takes the caller's own function instead`,
        'connect/connect.test.ts: connect > goes through the proxy of the kubeconfig, unless the caller opens the connections',
      ],
    },
  ],
}
