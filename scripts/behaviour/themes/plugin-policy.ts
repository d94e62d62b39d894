import type { Theme } from '../entry.ts'

const exec = 'client-go/plugin/pkg/client/auth/exec'
const kuberc = 'kubectl/pkg/kuberc'
const beside = 'conformance/policy.differential.ts: Kubecred and kubectl >'
const preferences = 'kubeconfig/load-plugin-policy.test.ts: preferences that cannot be used >'

export const pluginPolicy: Theme = {
  title: 'Plugin policy and preferences',
  hundreds: 3,
  entries: [
    {
      number: 301,
      guarantee:
        'Without a policy, and with `AllowAll`, every plugin may run; with `DenyAll` none does: `plugin "CMD" not allowed: policy set to "DenyAll"`.',
      upstream: `${exec}: Authenticator.updateCommandAndCheckAllowlistLocked`,
      since: '1.35',
      tests: [
        'exec/policy.test.ts: a plugin runs > by AllowAll',
        'exec/policy.test.ts: a plugin does not run > by DenyAll',
        'twins/plugin-policy.test.ts: of sixteen plugins and entries the right ones run > with the policy "*" and *',
      ],
    },
    {
      number: 302,
      guarantee:
        'With `Allowlist` a plugin runs that is listed as its command is written, by the path that it is found at, or by a bare name that leads to the same path; another one is `plugin path "P" is not permitted by the credential plugin allowlist`.',
      upstream: `${exec}: Authenticator.checkAllowlistLocked`,
      since: '1.35',
      tests: [
        'exec/policy.test.ts: a plugin runs > when *',
        'exec/policy.test.ts: a plugin does not run > when others are listed',
        'exec/policy.test.ts: the folders of the program > are looked in for the command and for the entries',
        `${beside} agree on a name where * lists *`,
        `${beside} agree on a path where * lists *`,
      ],
    },
    {
      number: 303,
      guarantee: 'A link to a plugin that is listed is another plugin: links are not followed.',
      upstream: `${exec}: Authenticator.checkAllowlistLocked`,
      since: '1.35',
      tests: [
        'exec/policy.test.ts: a plugin does not run > when it is a link to one that is listed',
        'exec/policy.test.ts: a plugin runs > when the path of the link is listed that it is',
      ],
    },
    {
      number: 304,
      guarantee:
        'A command that leads nowhere is `plugin path "P" cannot be resolved for credential plugin allowlist check: …`, unless it is listed as it is written: then it is a plugin that is missing.',
      upstream: `${exec}: Authenticator.checkAllowlistLocked`,
      since: '1.35',
      tests: [
        'exec/policy.test.ts: a plugin does not run > when its path leads nowhere',
        'exec/policy.test.ts: a plugin does not run > when it is nowhere in PATH',
        'exec/policy.test.ts: a plugin does not run > when it is listed as it is written, and missing: that is no question of the policy',
      ],
    },
    {
      number: 305,
      guarantee:
        'The command that a program gives is cleaned before it is held against the list, as `filepath.Clean` does: `./plugin` is `plugin`, which is looked for in PATH.',
      upstream: `${exec}: Authenticator.updateCommandAndCheckAllowlistLocked`,
      since: '1.35',
      tests: [
        'exec/policy-recorded.test.ts: an allowlist for a command that a program gives, as in client-go > *',
      ],
    },
    {
      number: 306,
      guarantee:
        'A policy that contradicts itself is `invalid plugin policy: …` before any plugin is looked for: a list beside another policy, none or an empty one beside `Allowlist`, an entry that is empty or not clean, a policy that nobody knows.',
      upstream: `${exec}: ValidatePluginPolicy, validateAllowlist`,
      since: '1.35',
      tests: [
        'api/plugin-policy.test.ts: examinePolicy > refuses *',
        'api/plugin-policy.test.ts: examinePolicy > tells a list that is missing from one that is empty',
        'exec/policy.test.ts: a policy that is none > is refused before any plugin is looked for',
      ],
    },
    {
      number: 307,
      guarantee:
        'A plugin that must prompt and cannot is refused for that; the policy is asked only of what would run.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.35',
      tests: [
        'exec/policy.test.ts: a plugin does not run > when it must prompt and cannot; the policy is not asked',
      ],
    },
    {
      number: 308,
      guarantee:
        'Preferences are kubectl’s: those of `--kuberc`, else of `KUBERC`, else `~/.kube/kuberc`; `KUBERC=off` and `KUBECTL_KUBERC=false` stand for none.',
      upstream: `${kuberc}: LoadKuberc, DefaultGetPreferences`,
      since: '1.33',
      tests: [
        `${beside} agree on where preferences come from: *`,
        'kubeconfig/load-plugin-policy.test.ts: the policy of preferences > is not looked for with KUBERC=off, which a file that was asked for contradicts',
      ],
    },
    {
      number: 309,
      guarantee: 'A file that `--kuberc` names is used, also where it is that at the usual place.',
      upstream: `${kuberc}: LoadKuberc`,
      since: '1.33',
      better: ['kuberc-flag-first'],
      tests: [
        `${beside} differ on a flag that names the file at the usual place while KUBERC names another`,
      ],
    },
    {
      number: 310,
      guarantee:
        '`credentialPluginPolicy` and `credentialPluginAllowlist` count in them, the entries by `command` or, as Kubernetes 1.35 had it, by `name`.',
      upstream: `${kuberc}: Preferences.convertPluginPolicy, Preferences.applyPluginPolicy`,
      since: '1.35',
      tests: [
        `${beside} agree on a name where * lists *`,
        'cli/plugin-policy.test.ts: every command that needs a credential obeys > the flag and the preferences: *',
      ],
    },
    {
      number: 311,
      guarantee:
        'Preferences at the usual place that cannot be used are warned of, those that were asked for are an error, and neither quotes them.',
      upstream: `${kuberc}: DefaultGetPreferences`,
      since: '1.33',
      better: ['quotes-no-secret'],
      tests: [
        `${preferences} come with a warning that says where and why, and with no policy`,
        `${preferences} are an error where they were asked for`,
        `${preferences} are told of without a word of theirs: *`,
        `${beside} agree on a file at its usual place that holds *`,
      ],
    },
    {
      number: 312,
      guarantee:
        'Preferences whose policy contradicts itself are refused: no plugin runs by a policy that nobody can have meant.',
      upstream: `${kuberc}: Preferences.validate`,
      since: '1.35',
      tests: [
        `${preferences} are refused where their policy contradicts itself, with file and advice`,
        'cli/plugin-policy.test.ts: flags and preferences together > preferences that kubectl refuses are refused, whatever the flags',
      ],
    },
    {
      number: 313,
      guarantee:
        'Preferences that only Kubecred cannot read, for their size or depth, are an error wherever they are: kubectl may obey a policy in them.',
      upstream: `${kuberc}: decodePreference`,
      since: '1.33',
      better: ['kuberc-limits'],
      tests: [`${preferences} are an error where kubectl may read them and only we cannot: what *`],
    },
  ],
}
