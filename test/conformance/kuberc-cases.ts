import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Task } from './policy-world.ts'

/** How every preference begins. */
export const head: string = 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n'

/** Texts, with single bytes between them. */
function bytes(...parts: readonly (string | number)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Uint8Array.of(part))),
  )
}

/** What a preferences file can hold. */
export const files: readonly (readonly [title: string, text: string | Uint8Array])[] = [
  ['nothing', ''],
  ['white space', ' \n\t\n'],
  ['a comment', '# nothing\n'],
  ['no policy', head],
  ['a policy in small letters', `${head}credentialPluginPolicy: denyall\n`],
  ['a policy that is a number', `${head}credentialPluginPolicy: 1\n`],
  ['a policy that is null', `${head}credentialPluginPolicy: null\n`],
  ['no list', `${head}credentialPluginPolicy: Allowlist\n`],
  [
    'a list that is null',
    `${head}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: null\n`,
  ],
  ['an empty list', `${head}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: []\n`],
  ['an empty list without a policy', `${head}credentialPluginAllowlist: []\n`],
  [
    'a list beside DenyAll',
    `${head}credentialPluginPolicy: DenyAll\ncredentialPluginAllowlist: [{command: plugin}]\n`,
  ],
  [
    'a list beside AllowAll',
    `${head}credentialPluginPolicy: AllowAll\ncredentialPluginAllowlist: [{name: plugin}]\n`,
  ],
  [
    'a list that is a text',
    `${head}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: plugin\n`,
  ],
  [
    'a list of texts',
    `${head}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [plugin]\n`,
  ],
  [
    'an entry that is null',
    `${head}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: plugin}, null]\n`,
  ],
  [
    'an entry without fields',
    `${head}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{}]\n`,
  ],
  [
    'name and command that differ',
    `${head}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: plugin, name: other}]\n`,
  ],
  [
    'a field of an entry that nobody knows',
    `${head}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: another, path: plugin}]\n`,
  ],
  ['a slip in the name of the policy', `${head}credentialPluginPolcy: DenyAll\n`],
  ['the name of the policy in another case', `${head}CredentialPluginPolicy: DenyAll\n`],
  [
    'several fields that nobody knows',
    `${head}zz: 1\naa: {b: c}\ncredentialPluginPolicy: DenyAll\n`,
  ],
  [
    'a key that stands twice',
    `${head}credentialPluginPolicy: AllowAll\ncredentialPluginPolicy: DenyAll\n`,
  ],
  [
    'keys that stand twice, and one that nobody knows',
    `${head}kind: Preference\nx: 1\ncredentialPluginPolicy: DenyAll\n`,
  ],
  [
    'version and kind in another case',
    'APIVERSION: kubectl.config.k8s.io/v1beta1\nKind: Preference\ncredentialPluginPolicy: DenyAll\n',
  ],
  [
    'v1alpha1, which has no policy',
    'apiVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preference\ncredentialPluginPolicy: DenyAll\n',
  ],
  [
    'v1alpha1 with its own names',
    'apiVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preference\noverrides: [{command: create, flags: [{name: output, default: json}]}]\naliases: [{name: a, command: get, flags: []}]\n',
  ],
  [
    'a version that is not there',
    'apiVersion: kubectl.config.k8s.io/v1\nkind: Preference\ncredentialPluginPolicy: DenyAll\n',
  ],
  [
    'another kind',
    'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: List\ncredentialPluginPolicy: DenyAll\n',
  ],
  ['another group', 'apiVersion: v1\nkind: Preference\ncredentialPluginPolicy: DenyAll\n'],
  ['no version', 'kind: Preference\ncredentialPluginPolicy: DenyAll\n'],
  ['no kind', 'apiVersion: kubectl.config.k8s.io/v1beta1\ncredentialPluginPolicy: DenyAll\n'],
  ['a version that is a number', 'apiVersion: 1\nkind: Preference\n'],
  ['a kubeconfig', 'apiVersion: v1\nkind: Config\nclusters: []\n'],
  [
    'a version that is not there, and then one that is',
    `apiVersion: kubectl.config.k8s.io/v2\nkind: Preference\n---\n${head}credentialPluginPolicy: DenyAll\n`,
  ],
  [
    'two preferences',
    `${head}credentialPluginPolicy: DenyAll\n---\n${head}credentialPluginPolicy: AllowAll\n`,
  ],
  [
    'one that cannot be used, and then one that can',
    `${head}credentialPluginPolicy: [1]\n---\n${head}credentialPluginPolicy: DenyAll\n`,
  ],
  ['separators only', '---\n---\n'],
  ['separators around it', `---\n# first\n---\n${head}credentialPluginPolicy: DenyAll\n---\n`],
  ['a separator with a comment', `a: b\n--- # next\n${head}credentialPluginPolicy: DenyAll\n`],
  ['a document after an end mark', `a: b\n...\n${head}credentialPluginPolicy: DenyAll\n`],
  [
    'lines with carriage returns',
    `${head}credentialPluginPolicy: DenyAll\n`.replaceAll('\n', '\r\n'),
  ],
  ['a byte order mark', `\uFEFF${head}credentialPluginPolicy: DenyAll\n`],
  [
    'JSON',
    '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference","credentialPluginPolicy":"DenyAll"}',
  ],
  [
    'JSON with a field twice',
    '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference","credentialPluginPolicy":"AllowAll","credentialPluginPolicy":"DenyAll"}',
  ],
  [
    'JSON with a policy and then null',
    '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference","credentialPluginPolicy":"DenyAll","credentialPluginPolicy":null}',
  ],
  [
    'JSON with a version and a kind, and then null',
    '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference","apiVersion":null,"Kind":null,"credentialPluginPolicy":"DenyAll"}',
  ],
  [
    'JSON with a policy of a wrong kind, and then one',
    '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference","credentialPluginPolicy":1,"credentialPluginPolicy":"DenyAll"}',
  ],
  [
    'JSON with an entry whose command is there twice',
    '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference","credentialPluginPolicy":"Allowlist","credentialPluginAllowlist":[{"command":"plugin","command":null}]}',
  ],
  [
    'JSON with a second list, shorter than the first',
    '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference","credentialPluginPolicy":"Allowlist","credentialPluginAllowlist":[{"command":"plugin"},{"command":"b"}],"credentialPluginAllowlist":[{}]}',
  ],
  [
    'JSON with three lists, the second shorter',
    '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference","credentialPluginPolicy":"Allowlist","credentialPluginAllowlist":[{"command":"a"},{"command":"plugin"}],"credentialPluginAllowlist":[{}],"credentialPluginAllowlist":[{},{}]}',
  ],
  [
    'JSON with a list and then none',
    '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference","credentialPluginPolicy":"DenyAll","credentialPluginAllowlist":[{"command":"a"}],"credentialPluginAllowlist":null}',
  ],
  [
    'JSON with a list, an empty one and another',
    '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference","credentialPluginPolicy":"Allowlist","credentialPluginAllowlist":[{"command":"another"}],"credentialPluginAllowlist":[],"credentialPluginAllowlist":[{"name":"plugin"}]}',
  ],
  [
    'JSON with fields that nobody knows, in their order',
    '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference","zz":1,"credentialPluginPolicy":"DenyAll","aliases":[{"x":1,"name":"a","name":"b","command":"get"}],"aa":{"b":1,"b":2}}',
  ],
  [
    'JSON with a type in another case, which comes last',
    '{"kind":"Preference","apiVersion":"v1","APIVERSION":"kubectl.config.k8s.io/v1beta1","credentialPluginPolicy":"DenyAll"}',
  ],
  ['JSON behind a byte order mark', `\uFEFF{"kind":"Preference"}`],
  [
    'a flow mapping behind a byte order mark',
    '\uFEFF{apiVersion: kubectl.config.k8s.io/v1beta1, kind: Preference, credentialPluginPolicy: DenyAll}\n',
  ],
  [
    'a preference, and behind it a separator that is none',
    `${head}credentialPluginPolicy: DenyAll\n---\na: b\n--- x\n`,
  ],
  ['a byte that is no text', bytes(0xff, '\n')],
  [
    'a byte that is no text, and then a preference',
    bytes(0xff, `\n---\n${head}credentialPluginPolicy: DenyAll\n`),
  ],
  [
    'a preference, and behind it a byte that is no text',
    bytes(`${head}credentialPluginPolicy: DenyAll\n---\n`, 0xff),
  ],
  [
    'a preference with a byte that is no text',
    bytes(`${head}credentialPluginPolicy: DenyAll\nx: "`, 0xff, '"\n'),
  ],
  [
    'JSON with a byte that is no text',
    bytes(
      '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference","credentialPluginPolicy":"DenyAll","aliases":[{"name":"a","command":"',
      0xff,
      '"}]}',
    ),
  ],
  ['UTF-16', Buffer.from(`\uFEFF${head}credentialPluginPolicy: DenyAll\n`, 'utf16le')],
  [
    'a flow mapping that is not JSON',
    '{apiVersion: kubectl.config.k8s.io/v1beta1, kind: Preference, credentialPluginPolicy: DenyAll}\n',
  ],
  ['aliases and merge keys of YAML', `${head}x: &a {credentialPluginPolicy: DenyAll}\n<<: *a\n`],
  ['no YAML', 'foo: [bar\n'],
  ['a list', '[1]\n'],
  ['a text', 'hello\n'],
  ['a key that is a list', `${head}? [a]\n: b\n`],
  [
    'defaults for flags',
    `${head}defaults: [{command: create, options: [{name: output, default: json}]}]\n`,
  ],
  ['defaults that are no list', `${head}defaults: {a: b}\ncredentialPluginPolicy: DenyAll\n`],
  [
    'a default that is no text',
    `${head}defaults: [{command: create, options: [{name: x, default: 1}]}]\ncredentialPluginPolicy: DenyAll\n`,
  ],
  [
    'a default with dashes',
    `${head}defaults: [{command: create, options: [{name: --x, default: a}]}]\n`,
  ],
  [
    'aliases',
    `${head}aliases: [{name: a, command: get, prependArgs: [x], appendArgs: [z]}]\ncredentialPluginPolicy: DenyAll\n`,
  ],
  ['an alias with a digit', `${head}aliases: [{name: a1, command: get}]\n`],
  ['an alias twice', `${head}aliases: [{name: a, command: get}, {name: a, command: get}]\n`],
  [
    'an alias with a flag in dashes, before a policy that is none',
    `${head}aliases: [{name: a, command: get, options: [{name: --x, default: a}]}]\ncredentialPluginPolicy: x\n`,
  ],
  ['an alias that is null', `${head}aliases: [null]\n`],
  [
    'arguments of an alias that are no texts',
    `${head}aliases: [{name: a, command: get, appendArgs: [1]}]\ncredentialPluginPolicy: DenyAll\n`,
  ],
]

/** A preference that lets no plugin run. */
export const deny: string = `${head}credentialPluginPolicy: DenyAll\n`

/** Writes a file into the home folder. */
export const write =
  (name: string, text: string) =>
  (home: string): void =>
    writeFileSync(join(home, name), text)

const link =
  (target: string) =>
  (home: string): void =>
    symlinkSync(target, join(home, '.kube', 'kuberc'))

const denying = write('deny', deny)
const folder = (home: string): void => {
  mkdirSync(join(home, '.kube', 'kuberc'))
}

/** Where preferences can come from. */
export const places: readonly (readonly [title: string, task: Omit<Task, 'command'>])[] = [
  ['no file anywhere', {}],
  ['a file that KUBERC names', { env: { KUBERC: '~/deny' }, prepare: denying }],
  ['a file that KUBERC names and is not there', { env: { KUBERC: '~/nowhere' } }],
  [
    'KUBERC before the usual place',
    { env: { KUBERC: '~/deny' }, prepare: denying, standard: head },
  ],
  ['an empty KUBERC', { env: { KUBERC: '' }, standard: deny }],
  ['KUBERC=off', { env: { KUBERC: 'off' }, standard: deny }],
  ['KUBERC=OFF', { env: { KUBERC: 'OFF' }, standard: deny }],
  ['KUBERC=off and a flag', { env: { KUBERC: 'off' }, kuberc: head }],
  ['KUBERC=off and an empty flag', { env: { KUBERC: 'off' }, args: ['--kuberc', ''] }],
  ['a folder in KUBERC', { env: { KUBERC: '~' } }],
  ['a path below a file in KUBERC', { env: { KUBERC: '~/deny/x' }, prepare: denying }],
  ['the flag before KUBERC', { env: { KUBERC: '~/nowhere' }, kuberc: deny }],
  ['the flag before the usual place', { standard: deny, kuberc: head }],
  ['a flag for a file that is not there', { args: ['--kuberc', '~/nowhere'], standard: deny }],
  ['a flag with "off"', { args: ['--kuberc', 'off'], standard: deny }],
  ['an empty flag', { args: ['--kuberc', ''], standard: deny }],
  ['the gate shut', { env: { KUBECTL_KUBERC: 'false' }, standard: deny }],
  ['the gate shut in capitals', { env: { KUBECTL_KUBERC: 'FALSE', KUBERC: '~/nowhere' } }],
  ['the gate shut and a flag', { env: { KUBECTL_KUBERC: 'false' }, kuberc: deny }],
  ['the gate with another value', { env: { KUBECTL_KUBERC: '0' }, standard: deny }],
  ['a folder at the usual place', { prepare: folder }],
  ['a link to nowhere at the usual place', { prepare: link('nowhere') }],
  ['a link to itself at the usual place', { prepare: link('kuberc') }],
]
