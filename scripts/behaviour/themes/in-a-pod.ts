import type { Theme } from '../entry.ts'

const clientcmd = 'client-go/tools/clientcmd'

export const inAPod: Theme = {
  title: 'In a pod',
  hundreds: 7,
  entries: [
    {
      number: 701,
      guarantee:
        'Where no kubeconfig names anything, the service account of the pod is used: address and port from the environment, brackets around IPv6, token and authority from the mounted files.',
      upstream: 'client-go/rest: InClusterConfig',
      since: '1.10',
      tests: [
        'kubeconfig/in-cluster.test.ts: in a pod > the connection is that of its service account',
        'kubeconfig/in-cluster.test.ts: in a pod > an IPv6 address is put in brackets',
      ],
    },
    {
      number: 702,
      guarantee:
        'A process without these variables, or without the token file, is not in a pod, and that is no error.',
      upstream: `${clientcmd}: inClusterClientConfig.Possible`,
      since: '1.10',
      tests: [
        'kubeconfig/in-cluster.test.ts: outside a pod > there is no connection: no address, no port, or no token file',
      ],
    },
    {
      number: 703,
      guarantee:
        'The namespace is that of POD_NAMESPACE, else that of the mounted file, else `default`.',
      upstream: `${clientcmd}: inClusterClientConfig.Namespace`,
      since: '1.10',
      tests: [
        'kubeconfig/in-cluster.test.ts: in a pod > POD_NAMESPACE comes before the file, and default after it',
      ],
    },
    {
      number: 704,
      guarantee:
        'A `ca.crt` that is missing or no certificate is a warning, in client-go’s words, and the system decides whom to trust.',
      upstream: 'client-go/rest: InClusterConfig',
      since: '1.10',
      tests: [
        'kubeconfig/in-cluster.test.ts: in a pod > a ca.crt * is a warning, and the system decides whom to trust',
      ],
    },
    {
      number: 705,
      guarantee: 'What the caller sets counts in a pod as well: server, authority, token.',
      upstream: `${clientcmd}: inClusterClientConfig.ClientConfig`,
      since: '1.10',
      tests: [
        'kubeconfig/in-cluster.test.ts: in a pod > the caller may set other things, but no context',
      ],
    },
    {
      number: 706,
      guarantee:
        'A token file is read again when it changes, each minute and after a 401, without the white space around the token; an empty one is `read empty token from file "P"`.',
      upstream: 'client-go/transport: fileTokenSource.Token, cachingTokenSource',
      since: '1.14',
      tests: [
        'file/file-provider.test.ts: a token file > gives a bearer token, which has no end that anybody knows',
        'file/file-provider.test.ts: a token file > is read again each time',
        'file/read-token.test.ts: a file without a token is refused: *',
        'connect/connect.test.ts: connect > reads a token file, and again after a 401',
        'connect/rotating-files.test.ts: * > uses the token that the kubelet has put in the place of the old, on the same connections',
      ],
    },
    {
      number: 707,
      guarantee:
        'The first reading of a token file must work, unless there is a token beside it; after that the last good token stays while the file cannot be read, or is only half written.',
      upstream: 'client-go/transport: cachingTokenSource.Token',
      since: '1.14',
      better: ['half-written-token'],
      tests: [
        'file/file-provider.test.ts: a token file > must be good at the first reading',
        'file/file-provider.test.ts: a token file > that fails later leaves the last token, and an event',
        'file/file-provider.test.ts: a token file > that is only half written leaves the last token, until the rest is there',
        'file/file-provider.test.ts: a token file > may fail at once where the kubeconfig has a token too',
      ],
    },
    {
      number: 708,
      guarantee:
        'A token file that cannot be read is told in the words of kubectl, with a hint: `open P: no such file or directory`, `read P: is a directory`.',
      upstream: `${clientcmd}: clientConfig.getUserIdentificationPartialConfig`,
      since: '1.10',
      tests: [
        'cli/token-files.test.ts: a token file that is * is told in the words of kubectl',
        'file/read-token.test.ts: a file that is * is told in the words of client-go, with a hint and its cause',
      ],
    },
  ],
}
