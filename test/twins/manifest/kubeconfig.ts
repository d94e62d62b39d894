import { none, type UpstreamTests } from './entry.ts'

const refused = (what: string): string => `twins/kubeconfig-validation.test.ts: ${what} is refused`
const passes = (what: string): string => `twins/kubeconfig-validation.test.ts: ${what} passes`
const twice = (list: string): string =>
  `twins/kubeconfig-loading.test.ts: a name that stands twice is refused among the ${list}`
const overrides = 'kubeconfig/select.test.ts: overrides >'
const selection = 'kubeconfig/select.test.ts:'
const hint = 'twins/install-hint.test.ts: of a hint in the words of a kubeconfig >'
const inCluster = 'kubeconfig/in-cluster.test.ts: in a pod >'
const writes = none('Kubecred writes no kubeconfig')
const goErrors = none('about chains of Go errors; here an error has a code')
const byHand = none('about a Go struct that is filled in by hand; a kubeconfig has a default')
const precedence = 'kubeconfig/locate.test.ts: on POSIX systems >'
const notDefault = none(
  'about a default configuration in Go; here only a kubeconfig or a pod can be meant',
)

/** Tests of loading, merging and checking kubeconfigs. */
export const kubeconfig: readonly UpstreamTests[] = [
  {
    file: 'tools/clientcmd/client_config_test.go',
    tests: {
      TestMergeSemantics: none('about a Go function that merges structs'),
      TestDisableCompression: `${overrides} reach every other field`,
      TestInsecureOverridesCA: `${overrides} of trust replace all that the entry says of it`,
      TestCAOverridesCAData: `${overrides} of trust replace all that the entry says of it`,
      TestTLSServerName: `${overrides} of the server take the name in its certificate away`,
      TestTLSServerNameClearsWhenServerNameSet:
        'twins/kubeconfig-loading.test.ts: every field of impersonation reaches the connection, also when the server is another',
      TestFullImpersonateConfig:
        'twins/kubeconfig-loading.test.ts: every field of impersonation reaches the connection, also when the server is another',
      TestMergeContext: `${selection} the connection > is that of another context, cluster, user or namespace when asked`,
      TestModifyContext: writes,
      TestCertificateData:
        'connect/connect.test.ts: connect > shows a client certificate that the kubeconfig has, as data and as files',
      TestProxyURL: {
        'no proxy-url': `${selection} the connection > is that of the current context`,
        'socks5 proxy-url': passes('a proxy of socks5'),
        'https proxy-url': passes('a proxy of https'),
        'http proxy-url': passes('a proxy of http'),
        'bad scheme proxy-url': refused('the proxy socks6://example.com'),
        'no scheme proxy-url': refused('the proxy example.com'),
        'not a url proxy-url': refused('the proxy chewbacca@example.com'),
      },
      TestBasicAuthData: 'connect/connect.test.ts: connect > sends user and password',
      TestBasicTokenFile:
        'connect/connect.test.ts: connect > reads a token file, and again after a 401',
      TestPrecedenceTokenFile:
        'file/file-provider.test.ts: a token file > may fail at once where the kubeconfig has a token too',
      TestCreateClean: `${selection} the connection > is that of the current context`,
      TestCreateCleanWithPrefix:
        'kubeconfig/server-url.test.ts: a server address > * is the URL *, and plugins are told *',
      TestCreateCleanDefault: `${selection} the connection > is that of the current context`,
      TestCreateCleanDefaultCluster: `${selection} the connection > is that of the current context`,
      TestCreateMissingContextNoDefault: refused('a context that is not there'),
      TestCreateMissingContext: refused('a context that is not there'),
      TestCreateAuthConfigExecInstallHintCleanup: `${selection} a plugin > is made ready, its hint without anything that a terminal would obey`,
      TestInClusterClientConfigPrecedence: `${inCluster} the caller may set other things, but no context`,
      TestNamespaceOverride: `${selection} the connection > is that of another context, cluster, user or namespace when asked`,
      TestAuthConfigMerge:
        'twins/kubeconfig-loading.test.ts: a plugin’s arguments, and what its cluster holds for it, reach the connection',
      TestCleanANSIEscapeCodes: {
        DenyBoldCharacters: `${hint} bold letters are written out`,
        DenyCursorNavigation: `${hint} movements of the cursor are written out`,
        DenyClearScreen: `${hint} an order to clear the screen is written out`,
        AllowSpaceCharactersUnchanged: `${hint} white space stay`,
        AllowLetters: `${hint} letters stay`,
        AllowMarks: `${hint} marks stay`,
        AllowNumbers: `${hint} numbers stay`,
        AllowPunctuation: `${hint} punctuation stay`,
        AllowSymbols: `${hint} symbols stay`,
        AllowSepatators: `${hint} separators stay`,
      },
      TestMergeRawConfigDoOverride: `${selection} the connection > is that of another context, cluster, user or namespace when asked`,
      TestClientCertOverrideData: none(
        'about a merged file that is written; a caller gives paths only',
      ),
    },
  },
  {
    file: 'tools/clientcmd/loader_test.go',
    tests: {
      TestNilOutMap: none('about a nil map of Go'),
      TestNonExistentCommandLineFile:
        'twins/kubeconfig-loading.test.ts: a file that is not there is refused by its name',
      TestToleratingMissingFiles:
        'twins/kubeconfig-loading.test.ts: files that KUBECONFIG lists may all be missing, which is said',
      TestWarningMissingFiles: 'cli/request.test.ts: a kubeconfig that was not found is mentioned',
      TestNoWarningMissingFiles: none(
        'client-go warns by its log level; here a program gets the warning and decides',
      ),
      TestErrorReadingFile:
        'twins/kubeconfig-loading.test.ts: text that is no kubeconfig is refused by its name',
      TestErrorReadingNonFile: 'twins/kubeconfig-loading.test.ts: a folder is refused by its name',
      TestConflictingCurrentContext:
        'twins/kubeconfig-loading.test.ts: the file that is named counts, and not those that KUBECONFIG lists',
      TestEncodeYAML: writes,
      TestLoadingEmptyMaps:
        'twins/kubeconfig-loading.test.ts: a file without any entries is loaded, empty as it is',
      TestDuplicateClusterName: twice('clusters'),
      TestDuplicateContextName: twice('contexts'),
      TestDuplicateUserName: twice('users'),
      TestDuplicateExtensionName: twice('extensions at the top'),
      TestResolveRelativePaths:
        'twins/kubeconfig-loading.test.ts: relative paths are taken from the folder of their own file',
      TestMigratingFile: writes,
      TestMigratingFileLeaveExistingFileAlone: writes,
      TestMigratingFileSourceMissingSkip: writes,
      TestFileLocking: writes,
      TestDeduplicate: `${precedence} KUBECONFIG is a list with colons; empty entries and repetitions do not count`,
      TestLoadingGetLoadingPrecedence: {
        default: `${precedence} without KUBECONFIG it is the file in the home folder`,
        explicit: `${precedence} a path that is given is the only file, and must exist`,
        'envvar-single': `${precedence} KUBECONFIG is a list with colons; empty entries and repetitions do not count`,
        'envvar-multiple': `${precedence} KUBECONFIG is a list with colons; empty entries and repetitions do not count`,
      },
    },
  },
  {
    file: 'tools/clientcmd/validation_test.go',
    tests: {
      TestConfirmUsableBadInfoButOkConfig:
        'twins/kubeconfig-validation.test.ts: what is wrong with other entries does no harm',
      TestConfirmUsableMissingObjects: refused('a user that is not there'),
      TestConfirmUsableBadInfoConfig:
        'twins/kubeconfig-validation.test.ts: what is wrong with other entries does no harm',
      TestConfirmUsableEmptyConfig: refused('nothing at all'),
      TestConfirmUsableMissingConfig: refused('nothing at all'),
      TestValidateEmptyConfig: refused('nothing at all'),
      TestValidateMissingCurrentContextConfig: refused('a context that is not there'),
      TestIsContextNotFound: `${selection} a name that is not there > in the kubeconfig instead of * is told`,
      TestIsEmptyConfig: `${selection} without anything to connect to > the hint tells what was read or looked for`,
      TestIsConfigurationInvalid: goErrors,
      TestValidateMissingReferencesConfig: refused('a cluster that is not there'),
      TestValidateEmptyContext: refused('a context without cluster'),
      TestValidateEmptyContextName: none(
        'only the context that is used is checked, and it has a name',
      ),
      TestValidateEmptyClusterInfo: refused('a cluster without server'),
      TestValidateClusterInfoErrEmptyCluster: byHand,
      TestValidateMissingCAFileClusterInfo: refused('an authority that is missing'),
      TestValidateCleanClusterInfo: passes('a server'),
      TestValidateCleanWithCAClusterInfo: passes('an authority that can be opened'),
      TestValidateEmptyAuthInfo: passes('a user of whom nothing is said'),
      TestValidateCertFilesNotFoundAuthInfo: refused('certificate and key that are missing'),
      TestValidateCertDataOverridesFiles: refused('certificate and key as data and as paths'),
      TestValidateCleanCertFilesAuthInfo: passes('a certificate and a key that can be opened'),
      TestValidateCleanTokenAuthInfo: passes('a token'),
      TestValidateMultipleMethodsAuthInfo: refused('a token beside a user name'),
      TestValidateAuthInfoExec: passes('an exec entry with arguments and variables'),
      TestValidateAuthInfoExecNoVersion: refused('an exec entry without version'),
      TestValidateAuthInfoExecNoCommand: refused('an exec entry without command'),
      TestValidateAuthInfoExecWithAuthProvider: refused('an exec entry beside an auth provider'),
      TestValidateAuthInfoExecNoEnv: passes('a variable that is empty'),
      TestValidateAuthInfoExecInteractiveModeMissing:
        'twins/kubeconfig-validation.test.ts: an exec entry without a mode is refused in v1 and may prompt in older versions',
      TestValidateAuthInfoExecInteractiveModeInvalid: refused('a mode that is none'),
      TestValidateAuthInfoImpersonateUser: passes('a user to act as'),
      TestValidateAuthInfoImpersonateEverything: passes('a user to act as, with everything else'),
      TestValidateAuthInfoImpersonateGroupsWithoutUserInvalid: refused(
        'groups without a user to act as',
      ),
      TestValidateAuthInfoImpersonateExtraWithoutUserInvalid: refused(
        'extra without a user to act as',
      ),
      TestValidateAuthInfoImpersonateUIDWithoutUserInvalid: refused(
        'a UID without a user to act as',
      ),
      TestErrConfigurationInvalidWithErrorsIs: goErrors,
      TestErrConfigurationInvalidWithErrorsIsShortCircuitsOnFirstMatch: goErrors,
    },
  },
  {
    file: 'tools/clientcmd/merged_client_builder_test.go',
    tests: {
      TestInClusterConfig: {
        'in-cluster checked on other error':
          'connect/connect.test.ts: connect > says that there is no configuration',
        'in-cluster not checked on non-empty error': refused('a cluster without server'),
        'in-cluster checked when config is default': notDefault,
        'in-cluster not checked when default config is invalid': notDefault,
        'in-cluster not checked when config is not equal to default': notDefault,
        'in-cluster checked when config is not equal to default and error is empty': notDefault,
        'in-cluster error returned when config is empty': `${inCluster} a ca.crt * is a warning, and the system decides whom to trust`,
        'in-cluster config returned when config is empty': `${inCluster} the connection is that of its service account`,
        'in-cluster not checked when standard default is invalid': notDefault,
      },
      TestInClusterConfigNamespace: `${inCluster} POD_NAMESPACE comes before the file, and default after it`,
    },
  },
  {
    file: 'tools/clientcmd/overrides_test.go',
    tests: {
      TestNamespacePrefixStrip: none('Kubecred takes a namespace by its name only, not as ns/NAME'),
    },
  },
  {
    file: 'tools/clientcmd/config_test.go',
    tests: { TestModifyConfigWritesToFirstKubeconfigFile: writes },
  },
]
