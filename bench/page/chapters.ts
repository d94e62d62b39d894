/** What the page says of a group, before its table. */
export interface Chapter {
  /** As it is called on the command line. */
  readonly name: string
  readonly title: string
  /** What is measured, and how. */
  readonly what: string
}

/** The groups of the bench, in the order of the page. */
export const chapters: readonly Chapter[] = [
  {
    name: 'dispatcher',
    title: 'The dispatcher',
    what: 'Warm requests from one process, with a credential that is fresh: `CredentialDispatcher` beside a bare `undici.request` on an `Agent` of its own.',
  },
  {
    name: 'authorisation',
    title: 'Authorisation alone',
    what: 'What a fresh credential adds to a request before it goes out: the credential of the moment, and the headers with it. Beside it the `RoundTrip` that client-go wraps around its transport, over one that answers at once.',
  },
  {
    name: 'proxy',
    title: 'The proxy',
    what: 'wrk loads `kubecred proxy` and `kubectl proxy` by turns, in front of the same nginx, which refuses what comes without the token. Processor time and memory are those of all processes of the proxy together.',
  },
  {
    name: 'protocol',
    title: 'The proxy, over HTTP/1.1 or HTTP/2',
    what: 'Plain GET requests go over one connection that speaks HTTP/2, where the server does; beside it the same over HTTP/1.1, as with `DISABLE_HTTP2`. The load is that of the group before.',
  },
  {
    name: 'memory',
    title: 'The proxy in the long run',
    what: '100,000 requests, 16 at a time, while a plugin gives another client certificate every half second, 100 times at least. Peak: the sum of the peaks of all processes of the proxy, without the plugin. Growth: mean resident memory in the last quarter of the run to that in the second.',
  },
  {
    name: 'expiry',
    title: 'Through the end of a token',
    what: 'Eight callers send requests to the proxy without a break but 5 ms, while tokens of 8 s end; the plugin takes 1 s. Above the usual: the slowest request less the median one.',
  },
  {
    name: 'rotation',
    title: 'Through the rotation of a client certificate',
    what: '10,000 requests, 64 at a time, each of which the server answers after 100 ms; the plugin gives another certificate every 1.5 s. Lost: what the client of the proxy got no 200 for.',
  },
  {
    name: 'many',
    title: '5,000 requests at once, 1,024 file descriptors',
    what: 'A process under `ulimit -n 1024` gets 5,000 requests in the same moment: a program that uses the library, or the proxy. The client of the proxy is under no limit.',
  },
  {
    name: 'sickness',
    title: 'When something is wrong',
    what: 'A plugin that fails after 100 ms while 100 requests wait for it; a server that takes its token back under load; a plugin that prints 200 MB.',
  },
  {
    name: 'tokens',
    title: 'Service account tokens',
    what: 'The token manager of `kubecred/token` beside `k8s.io/kubernetes/pkg/kubelet/token`, each in a process of its own, over a token client that answers without a network. Each token has 1,024 characters, a lifetime of one hour and a pod that it is bound to. Memory: how much more is resident, after a collection of garbage. Longest slice: of the timers of the manager; delay: what a timer of somebody else comes late.',
  },
  {
    name: 'command-line',
    title: 'The command line',
    what: 'Wall time from the start of the process to its end, with `kubectl get --raw` beside it on the same kubeconfig; below it what Node itself takes.',
  },
  {
    name: 'client-node',
    title: 'Beside `@kubernetes/client-node`',
    what: 'The version of the server, over a kubeconfig with a token; and 50 callers at once when no plugin has run yet.',
  },
]
