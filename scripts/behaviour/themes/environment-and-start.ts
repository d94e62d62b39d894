import type { Theme } from '../entry.ts'
import { whatMayGoWrong } from './what-may-go-wrong.ts'

const exec = 'client-go/plugin/pkg/client/auth/exec'

export const environmentAndStart: Theme = {
  title: 'What a plugin is told, and how it is started',
  hundreds: 1,
  entries: [
    {
      number: 101,
      guarantee:
        'A plugin finds in `KUBERNETES_EXEC_INFO` an `ExecCredential` of the configured version, byte for byte as client-go writes it: compact, `kind`, `apiVersion` and `spec` in this order, with a line end after it.',
      upstream: `${exec}: Authenticator.refreshCredsLocked, execInfoEnv`,
      since: '1.10',
      tests: [
        'api/exec-info.test.ts: execInfo > tells a plugin of * whether it may prompt',
        'api/exec-info.test.ts: execInfo > writes a cluster byte for byte as kubectl does',
        'twins/refresh-creds.test.ts: a plugin is told, and its token is used, > *',
      ],
    },
    {
      number: 102,
      guarantee:
        '`spec.interactive` is always there in v1 and v1beta1, whether true or false; `status` never is.',
      upstream: 'client-go/pkg/apis/clientauthentication/v1: ExecCredentialSpec.Interactive',
      since: '1.22',
      tests: ['api/exec-info.test.ts: execInfo > tells a plugin of * whether it may prompt'],
    },
    {
      number: 103,
      guarantee:
        'The strings in it are escaped as by Go: `<`, `>`, `&`, U+2028 and U+2029 as `\\u003c` and so on, a lone surrogate as the replacement character; numbers have the form that Go gives them.',
      upstream: 'apimachinery/pkg/runtime/serializer/json: Serializer.doEncode',
      since: '1.10',
      tests: [
        'api/go-json.test.ts: goJson > writes * as Go does',
        'api/go-json.test.ts: goJson > leaves nothing in the text that HTML or a script would read as its own',
      ],
    },
    {
      number: 104,
      guarantee:
        'With `provideClusterInfo` the plugin is told of the cluster: `server`, `tls-server-name`, `insecure-skip-tls-verify`, `certificate-authority-data`, `proxy-url`, `disable-compression`, `config`, in this order; all but the first and the last are left out when they are not set.',
      upstream: 'client-go/rest: ConfigToExecCluster',
      since: '1.20',
      tests: [
        'api/exec-info.test.ts: execInfo > writes a cluster byte for byte as kubectl does',
        'twins/refresh-creds.test.ts: a plugin is told, and its token is used, > of its cluster, when it asks',
        'connect/connect.test.ts: connect > tells the plugin about the cluster when its entry wants that',
      ],
    },
    {
      number: 105,
      guarantee: 'Without `provideClusterInfo` it is told nothing of the cluster.',
      upstream: `${exec}: Authenticator.provideClusterInfo`,
      since: '1.20',
      tests: [
        'exec/provider.test.ts: execProvider > tells about the cluster when asked to: *',
        'connect/connect.test.ts: connect > does not tell it otherwise',
      ],
    },
    {
      number: 106,
      guarantee:
        '`config` is the extension of the cluster that is named `client.authentication.k8s.io/exec`, its keys sorted at every depth, and `null` where there is none.',
      upstream: 'client-go/tools/clientcmd: DirectClientConfig.ClientConfig',
      since: '1.20',
      tests: [
        'api/exec-info.test.ts: execInfo > leaves out what a cluster does not set, but never its config',
        'kubeconfig/parse.test.ts: what is read > has the keys of the extension in order, in depth',
        'kubeconfig/select.test.ts: a plugin > gets the extension of its cluster',
      ],
    },
    {
      number: 107,
      guarantee:
        'A certificate authority that stands in a file is given to the plugin as data, and a file that cannot be read is an error before any plugin runs.',
      upstream: 'client-go/rest: ConfigToExecCluster, LoadTLSFiles',
      since: '1.20',
      tests: [
        'twins/exec-cluster.test.ts: a plugin is told of its cluster > with an authority from a file',
        'twins/exec-cluster.test.ts: a plugin is told of its cluster > and no plugin runs where the authority cannot be read',
      ],
    },
    {
      number: 108,
      guarantee:
        'The environment of a plugin is that of this process, then the `env` of its entry, then `KUBERNETES_EXEC_INFO`; of several variables with one name the last wins, so that an entry cannot forge the exec info.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.10',
      tests: [
        'exec/environment.test.ts: pluginEnvironment > lets the last of several variables of one name win',
        'exec/provider.test.ts: execProvider > gives the plugin its arguments and environment in the order of client-go',
      ],
    },
    {
      number: 109,
      guarantee:
        'A bare name is looked up in the PATH of this process, not in one that the entry sets for the plugin.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.10',
      tests: [
        'exec/provider.test.ts: execProvider > finds a bare name in the PATH of this process, not in that of the plugin',
        'exec/look-path.test.ts: lookPath > takes the first executable in PATH',
      ],
    },
    {
      number: 110,
      guarantee:
        'What is found by a relative or empty entry of PATH is refused, and the current directory is not searched.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.25',
      tests: [
        'exec/look-path.test.ts: lookPath > never looks in the current directory of its own accord',
        'exec/look-path.test.ts: lookPath > refuses a hit through the relative entry *',
        'exec/provider.test.ts: execProvider, when the plugin is missing > refuses a program in the current directory, in the words of Go',
      ],
    },
    {
      number: 111,
      guarantee:
        'A command is cleaned before it is used: `./x` that a program gives becomes `x` and is looked up, an empty one becomes `.`.',
      upstream: `${exec}: newAuthenticator`,
      since: '1.35',
      tests: ['api/go-path.test.ts: cleanPath > makes * into * as Go does'],
    },
    {
      number: 112,
      guarantee:
        'In a kubeconfig a command with a separator in it is taken from the folder of that kubeconfig; a bare name and an absolute path stay. On Windows only `\\` is a separator.',
      upstream: 'client-go/tools/clientcmd: GetAuthInfoFileReferences, ResolvePaths',
      since: '1.10',
      tests: [
        'kubeconfig/resolve-paths.test.ts: a command with a separator is taken from the folder of the kubeconfig',
        'kubeconfig/resolve-paths.test.ts: a bare command and an absolute one stay as they are',
        'kubeconfig/resolve-paths.test.ts: the separator is that of the platform',
        'conformance/kubectl.test.ts: kubecred request and kubectl get --raw > agree on a command that is relative to its kubeconfig',
      ],
    },
    {
      number: 113,
      guarantee:
        'A plugin gets its arguments as they are, without a shell, sees its command as it is written, and works in the current directory of this process.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.10',
      tests: [
        'exec/run-plugin.test.ts: runPlugin > passes arguments on as they are, without a shell',
        'exec/run-plugin.test.ts: runPlugin > lets the plugin see its name as it is written',
        'exec/run-plugin.test.ts: runPlugin > works in the current directory of this process',
      ],
    },
    {
      number: 114,
      guarantee:
        'Standard error of a plugin goes to that of this process in every mode; nothing else does.',
      upstream: `${exec}: Authenticator.stderr`,
      since: '1.10',
      tests: [
        'exec/run-plugin.test.ts: runPlugin > leaves standard error alone when it is inherited',
        'exec/run-plugin.test.ts: runPlugin > forwards to the standard error of this process',
      ],
    },
    {
      number: 115,
      guarantee:
        'A run has an end: a plugin that nobody waits for any more, that hangs, or that prints more than 1 MiB is stopped with all that it has started.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.10',
      better: ['bounded-run'],
      tests: [
        'exec/run-plugin.test.ts: runPlugin, stopping a tree > stops a plugin that hangs, with all that it started',
        'exec/run-plugin.test.ts: runPlugin, stopping a group > stops a plugin that prints without end, in bounded memory',
        'credential/renewer.test.ts: the deadline > of a run that somebody waits for is five minutes',
      ],
    },
    ...whatMayGoWrong,
  ],
}
