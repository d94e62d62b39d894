import type { Entry } from '../entry.ts'

const exec = 'client-go/plugin/pkg/client/auth/exec'

/** Of a plugin that is not there, or does not work. */
export const whatMayGoWrong: readonly Entry[] = [
  {
    number: 116,
    guarantee:
      'A plugin that is not there is `exec: executable CMD not found`, with the help text of client-go and, after a blank line, the `installHint`.',
    upstream: `${exec}: Authenticator.wrapCmdRunErrorLocked, installHintVerboseHelp`,
    since: '1.19',
    tests: [
      'exec/provider.test.ts: execProvider, when the plugin is missing > helps in the words of client-go and of the vendor',
      'twins/refresh-creds.test.ts: a run fails > with the hint of a plugin that is not there',
    ],
  },
  {
    number: 117,
    guarantee: 'The same help is given for a plugin that is named by its path.',
    upstream: `${exec}: Authenticator.wrapCmdRunErrorLocked`,
    since: '1.19',
    better: ['missing-path-help'],
    tests: [
      'exec/provider.test.ts: execProvider, when the plugin is missing > helps also for a path, where client-go does not',
    ],
  },
  {
    number: 118,
    guarantee: 'The help is given ten times an hour at most, for each source of credentials.',
    upstream: `${exec}: sometimes`,
    since: '1.19',
    tests: [
      'twins/install-hint.test.ts: help for a plugin that is missing is given > *',
      'exec/provider.test.ts: execProvider, when the plugin is missing > helps ten times an hour',
    ],
  },
  {
    number: 119,
    guarantee:
      'Of an `installHint` every character that a terminal would obey is written out as `U+001B`; letters of all scripts, marks, line ends and tabs stay.',
    upstream: 'client-go/tools/clientcmd: cleanANSIEscapeCodes',
    since: '1.19',
    tests: [
      'twins/install-hint.test.ts: of a hint in the words of a kubeconfig > *',
      'twins/install-hint.test.ts: of a hint in the words of a run > *',
    ],
  },
  {
    number: 120,
    guarantee:
      'A plugin that fails is `exec: executable CMD failed with exit code N`, with -1 for one that a signal ended.',
    upstream: `${exec}: Authenticator.wrapCmdRunErrorLocked`,
    since: '1.19',
    tests: [
      'exec/provider.test.ts: execProvider, when the plugin fails > tells the exit code and the last words',
      'exec/provider.test.ts: execProvider, when the plugin fails > tells the signal that ended it',
    ],
  },
  {
    number: 121,
    guarantee:
      'A file that the system cannot start is told in its words, `exec: fork/exec PATH: permission denied`.',
    upstream: `${exec}: Authenticator.wrapCmdRunErrorLocked`,
    since: '1.19',
    tests: [
      'exec/run-plugin.test.ts: runPlugin, when the plugin cannot be started > says what is wrong with a file that may not be executed',
      'exec/run-plugin.test.ts: runPlugin, when the plugin cannot be started > says what is wrong with text without "#!"',
    ],
  },
  {
    number: 122,
    guarantee:
      'The version of an entry is looked at before anything runs: `exec plugin: invalid apiVersion "…"`.',
    upstream: `${exec}: newAuthenticator`,
    since: '1.10',
    tests: [
      'exec/provider.test.ts: execProvider, with options that cannot work > refuses a version that does not exist',
      'kubeconfig/select.test.ts: a plugin > of a version that nobody speaks is an error that lists the versions',
    ],
  },
  {
    number: 123,
    guarantee:
      'No more than 64 plugins run at once in a process; the others wait their turn, within the deadline of their run.',
    upstream: `${exec}: Authenticator.refreshCredsLocked`,
    since: '1.10',
    better: ['plugins-in-turn'],
    tests: [
      'exec/sick-plugins.test.ts: hundreds of plugins at once > *',
      'exec/plugin-place.test.ts: Places > *',
    ],
  },
  {
    number: 124,
    guarantee:
      'A run that is being stopped has gone before the next run of its source begins, also where the plugin does not heed SIGTERM.',
    upstream: `${exec}: Authenticator.refreshCredsLocked`,
    since: '1.10',
    better: ['bounded-run'],
    tests: [
      'exec/sick-plugins.test.ts: a plugin that does not heed SIGTERM > *',
      'exec/sick-plugins.test.ts: a plugin that prints 200 MB > *',
    ],
  },
]
