import type { Theme } from '../entry.ts'

const clientcmd = 'client-go/tools/clientcmd'

export const kubeconfig: Theme = {
  title: 'Kubeconfig',
  hundreds: 6,
  entries: [
    {
      number: 601,
      guarantee:
        'A file that is named is the only one, and must exist; else those of `KUBECONFIG` count, empty entries and repetitions left out; else `~/.kube/config`.',
      upstream: `${clientcmd}: ClientConfigLoadingRules.GetLoadingPrecedence, NewDefaultClientConfigLoadingRules`,
      since: '1.10',
      tests: [
        'kubeconfig/locate.test.ts: on POSIX systems > *',
        'kubeconfig/locate.test.ts: on Windows > *',
        'kubeconfig/load.test.ts: one file > that is missing is an error',
      ],
    },
    {
      number: 602,
      guarantee:
        'A file of `KUBECONFIG` may be missing; when all are, there is a warning, `Config not found: …`.',
      upstream: `${clientcmd}: MissingConfigError`,
      since: '1.10',
      tests: [
        'kubeconfig/load.test.ts: several files > may be missing, and are told apart',
        'cli/request.test.ts: a kubeconfig that was not found is mentioned',
      ],
    },
    {
      number: 603,
      guarantee:
        'Several files make one view: of each name the first file that has it counts, whole, and the first current context.',
      upstream: `${clientcmd}: ClientConfigLoadingRules.Load`,
      since: '1.10',
      tests: [
        'kubeconfig/load.test.ts: several files > are merged: the first that has an entry, and the first current context',
        'kubeconfig/load.test.ts: beside kubectl > files merge to the same current context and entries',
      ],
    },
    {
      number: 604,
      guarantee: 'A file that cannot be read, or not be understood, is an error that names it.',
      upstream: `${clientcmd}: LoadFromFile`,
      since: '1.10',
      tests: [
        'kubeconfig/load.test.ts: several files > fail together when one is broken',
        'kubeconfig/load.test.ts: one file > that is a folder is an error',
        'kubeconfig/parse.test.ts: a kubeconfig with > * is refused',
      ],
    },
    {
      number: 605,
      guarantee: 'Two clusters, users or contexts of one name in one file are an error.',
      upstream: `${clientcmd}/api/v1: Convert_Slice_v1_NamedCluster_To_Map_string_To_Pointer_api_Cluster`,
      since: '1.11',
      tests: [
        'twins/kubeconfig-loading.test.ts: a name that stands twice is refused among the *',
        'kubeconfig/parse.test.ts: an error > tells the name that stands twice, with its line',
      ],
    },
    {
      number: 606,
      guarantee:
        'YAML and JSON are read as Kubernetes reads them: names with their case, unknown fields passed over, YAML 1.1 with its `yes` and `0o17`, merge keys and aliases.',
      upstream: `${clientcmd}/api/latest: Codec`,
      since: '1.10',
      tests: [
        'kubeconfig/parse.test.ts: a kubeconfig with > * is read',
        'kubeconfig/parse.test.ts: * is read to the same result',
        'kubeconfig/yaml-scalar.test.ts: * without quotes stands for *',
      ],
    },
    {
      number: 607,
      guarantee:
        'Paths of certificates, keys, authorities and token files are taken from the folder of the kubeconfig that names them.',
      upstream: `${clientcmd}: ResolveLocalPaths, GetConfigFileReferences`,
      since: '1.10',
      tests: [
        'kubeconfig/load.test.ts: several files > have paths relative to their own folders',
        'conformance/kubectl.test.ts: kubecred request and kubectl get --raw > agree on files that are relative to their kubeconfig',
      ],
    },
    {
      number: 608,
      guarantee:
        'On Windows the home folder is that of HOME, HOMEDRIVE with HOMEPATH, or USERPROFILE that holds a kubeconfig, else the first that can be written, else the first that exists.',
      upstream: 'client-go/util/homedir: HomeDir',
      since: '1.16',
      tests: [
        'kubeconfig/home.test.ts: a home that holds a kubeconfig wins, HOMEDRIVE before USERPROFILE',
        'kubeconfig/home.test.ts: without a kubeconfig a home that can be written wins, USERPROFILE before HOMEDRIVE',
        'kubeconfig/home.test.ts: else a home that exists, else one that is set',
      ],
    },
    {
      number: 609,
      guarantee:
        'Everything that is wrong with the chosen cluster and user is told at once, in the words of client-go, files that cannot be opened included; other entries may be as wrong as they like.',
      upstream: `${clientcmd}: ConfirmUsable, validateAuthInfo, validateClusterInfo`,
      since: '1.10',
      tests: [
        'connect/connect.test.ts: connect > tells everything that is wrong at once, files that cannot be read included',
        'kubeconfig/unreadable-files.test.ts: beside kubectl > * are told in the same words and order',
        'twins/kubeconfig-validation.test.ts: what is wrong with other entries does no harm',
        'kubeconfig/select.test.ts: an invalid configuration, with > *, is told in the words of client-go',
      ],
    },
    {
      number: 610,
      guarantee:
        'An exec entry needs a command, a version, and a name for each variable: `command must be specified for N to use exec authentication plugin` and the like; a variable may be empty.',
      upstream: `${clientcmd}: validateAuthInfo`,
      since: '1.10',
      tests: [
        'twins/kubeconfig-validation.test.ts: an exec entry without version is refused',
        'twins/kubeconfig-validation.test.ts: an exec entry without command is refused',
        'twins/kubeconfig-validation.test.ts: a variable that is empty passes',
        'kubeconfig/select.test.ts: an invalid configuration, with > a variable without name, is told in the words of client-go',
      ],
    },
    {
      number: 611,
      guarantee: '`exec` together with `auth-provider` is an error.',
      upstream: `${clientcmd}: validateAuthInfo`,
      since: '1.10',
      tests: [
        'twins/kubeconfig-validation.test.ts: an exec entry beside an auth provider is refused',
      ],
    },
    {
      number: 612,
      guarantee:
        'A token together with a user name or password is an error, and so is a token file with a user name where TLS is spoken.',
      upstream: `${clientcmd}: validateAuthInfo`,
      since: '1.10',
      tests: [
        'twins/kubeconfig-validation.test.ts: a token beside a user name is refused',
        'kubeconfig/select.test.ts: an invalid configuration, with > a token file and a user name, is told in the words of client-go',
      ],
    },
    {
      number: 613,
      guarantee:
        'Data and path of one certificate, key or authority are an error together; where a program sets both, the data counts.',
      upstream: `${clientcmd}: validateAuthInfo, validateClusterInfo`,
      since: '1.10',
      tests: [
        'twins/kubeconfig-validation.test.ts: certificate and key as data and as paths is refused',
        'kubeconfig/select.test.ts: an invalid configuration, with > an authority twice, is told in the words of client-go',
      ],
    },
    {
      number: 614,
      guarantee:
        'A context that names a user or a cluster that is not there is an error that tells the names that are.',
      upstream: `${clientcmd}: validateContext`,
      since: '1.10',
      better: ['unknown-user'],
      tests: [
        'kubeconfig/select.test.ts: a name that is not there > in the kubeconfig instead of * is told',
      ],
    },
    {
      number: 615,
      guarantee:
        'Without any server there is `no configuration has been provided`, and nothing is sent anywhere.',
      upstream: `${clientcmd}: ErrEmptyConfig`,
      since: '1.10',
      better: ['no-default-server'],
      tests: [
        'kubeconfig/select.test.ts: without anything to connect to > *',
        'connect/connect.test.ts: connect > says that there is no configuration',
      ],
    },
    {
      number: 616,
      guarantee:
        'A server may be a host and port, which counts as http; with a scheme it may have a path, below which everything is sent.',
      upstream: 'client-go/rest: DefaultServerURL',
      since: '1.10',
      tests: [
        'kubeconfig/server-url.test.ts: a server address > * is the URL *, and plugins are told *',
        'transport/conformance.test.ts: * > sends to a server that lives below a path',
      ],
    },
    {
      number: 617,
      guarantee:
        'Without TLS no credential of the user is sent and no plugin runs, and nothing counts that is said of trust; impersonation goes along.',
      upstream: 'client-go/rest: IsConfigTransportTLS',
      since: '1.10',
      tests: [
        'kubeconfig/select.test.ts: a server without TLS > *',
        'connect/connect.test.ts: connect > sends no credential to a server without TLS',
        'connect/connect.test.ts: connect > pays no heed to trust without TLS, not even to a contradiction',
      ],
    },
    {
      number: 618,
      guarantee:
        'A `proxy-url` has the scheme http, https or socks5; what is wrong with it is told without the URL, in which a password may stand.',
      upstream: `${clientcmd}: validateClusterInfo, parseProxyURL`,
      since: '1.19',
      better: ['quotes-no-secret'],
      tests: [
        'kubeconfig/select.test.ts: an invalid configuration, with > the proxy-url *, tells what is wrong and not the password',
        'kubeconfig/select.test.ts: an invalid configuration, with > proxies like * pass',
      ],
    },
    {
      number: 619,
      guarantee:
        'What a caller sets counts instead of the entry: another server takes the entry’s TLS name away, an authority or its absence all that the entry says of trust.',
      upstream: `${clientcmd}: DirectClientConfig.getCluster, ConfigOverrides`,
      since: '1.10',
      tests: [
        'kubeconfig/select.test.ts: overrides > of the server take the name in its certificate away',
        'kubeconfig/select.test.ts: overrides > of trust replace all that the entry says of it',
        'kubeconfig/select.test.ts: overrides > reach every other field',
      ],
    },
    {
      number: 620,
      guarantee: 'An auth provider of old is an error that names the plugin to use instead of it.',
      upstream: 'client-go/rest: GetAuthProvider',
      since: '1.26',
      better: ['auth-provider-hint'],
      tests: [
        'kubeconfig/auth-provider.test.ts: the auth provider * is replaced by *',
        'connect/connect.test.ts: connect > names the plugin to use instead of an auth provider',
      ],
    },
  ],
}
