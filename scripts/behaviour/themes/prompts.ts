import type { Theme } from '../entry.ts'

const exec = 'client-go/plugin/pkg/client/auth/exec'

export const prompts: Theme = {
  title: 'Prompts',
  hundreds: 2,
  entries: [
    {
      number: 201,
      guarantee:
        'In a kubeconfig `interactiveMode` is `IfAvailable` where nothing is said and the version is v1beta1 or v1alpha1; v1 has no default, and leaving it out is an error.',
      upstream: 'client-go/tools/clientcmd/api/v1: SetDefaults_ExecConfig',
      since: '1.22',
      tests: [
        'twins/kubeconfig-validation.test.ts: an exec entry without a mode is refused in v1 and may prompt in older versions',
        'kubeconfig/select.test.ts: an invalid configuration, with > a plugin of v1 without interactiveMode, is told in the words of client-go',
      ],
    },
    {
      number: 202,
      guarantee:
        '`Never` and `IfAvailable` never fail for want of a terminal: the plugin is told that it may not prompt, and reads from the null device.',
      upstream: `${exec}: isInteractive`,
      since: '1.22',
      tests: [
        'exec/interactive-mode.test.ts: planInteraction > with * decides as client-go',
        'twins/refresh-creds.test.ts: a plugin is told, and its token is used, > with Never and no standard input',
        'exec/run-plugin.test.ts: runPlugin > connects standard input to the null device',
      ],
    },
    {
      number: 203,
      guarantee:
        '`Always` fails without a terminal: `exec plugin cannot support interactive mode: standard input is not a terminal`; that is looked at first.',
      upstream: `${exec}: isInteractive`,
      since: '1.22',
      tests: [
        'twins/refresh-creds.test.ts: a run fails > with Always and no terminal',
        'exec/interactive-mode.test.ts: planInteraction > with Always and * fails in the words of client-go',
      ],
    },
    {
      number: 204,
      guarantee:
        '`Always` fails also when the program needs standard input itself: `standard input is unavailable`, with what the program says of it.',
      upstream: 'client-go/tools/clientcmd/api: ExecConfig.StdinUnavailableMessage',
      since: '1.22',
      tests: [
        'twins/refresh-creds.test.ts: a run fails > with Always, a terminal and no standard input',
        'twins/refresh-creds.test.ts: a run fails > with Always, a terminal and no standard input, saying why',
        "cli/request.test.ts: standard input is the plugin's, unless the body is there > a plugin that needs a terminal is told what standard input is used for",
      ],
    },
    {
      number: 205,
      guarantee:
        'Whether a plugin may prompt is decided before it is looked for, so that a missing one does not hide that it could not have prompted.',
      upstream: `${exec}: Authenticator.refreshCredsLocked, interactiveFunc`,
      since: '1.22',
      tests: [
        'exec/provider.test.ts: execProvider, when the plugin may prompt > fails before it looks for a plugin that must prompt and cannot',
      ],
    },
    {
      number: 206,
      guarantee:
        'A plugin that may prompt has the terminal of this process; one at a time, so that two prompts cannot mix.',
      upstream: `${exec}: Authenticator.stdin, mu`,
      since: '1.22',
      better: ['one-prompt-at-a-time'],
      tests: [
        'exec/run-plugin.test.ts: runPlugin > hands standard input down to a plugin that prompts',
        'exec/provider.test.ts: execProvider, when the plugin may prompt > lets one plugin at a time have the terminal',
      ],
    },
    {
      number: 207,
      guarantee: 'A run ahead of need never prompts, and a plugin with `Always` is not run ahead.',
      better: ['renews-ahead'],
      tests: [
        'exec/provider.test.ts: execProvider, when the plugin may prompt > is never asked ahead of need when it must prompt',
        'exec/interactive-mode.test.ts: planInteraction > with IfAvailable and * decides as client-go',
      ],
    },
    {
      number: 208,
      guarantee:
        'A mode that is none of the three is an error at first use, `unknown interactiveMode: "…"`, where a program gives it, and at once in a kubeconfig.',
      upstream: `${exec}: isInteractive`,
      since: '1.22',
      tests: [
        'twins/refresh-creds.test.ts: a run fails > in v1 without a mode',
        'exec/interactive-mode.test.ts: planInteraction > names a mode that does not exist',
        'kubeconfig/select.test.ts: an invalid configuration, with > an unknown interactiveMode, is told in the words of client-go',
      ],
    },
  ],
}
