/** A kubeconfig as text, by what it is about. */
export type Document = readonly [title: string, text: string]

const head = `apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: k, user: u, namespace: ns}}]
clusters: [{name: k, cluster: {server: "https://127.0.0.1:6443"}}]
`

/** A kubeconfig whose user has these fields, written as a YAML flow mapping. */
export function withUser(fields: string): string {
  return `${head}users: [{name: u, user: {${fields}}}]\n`
}

/** A kubeconfig with this YAML after everything but the users. */
export function withTail(yaml: string): string {
  return head + yaml
}

/** A kubeconfig whose cluster has these fields, written as a YAML flow mapping. */
export function withCluster(fields: string): string {
  return `apiVersion: v1
current-context: c
contexts: [{name: c, context: {cluster: k, user: u}}]
clusters: [{name: k, cluster: {${fields}}}]
users: [{name: u, user: {token: t}}]
`
}

/** Kubeconfigs that kubectl reads, and so must we, to the same result. */
export const readable: readonly Document[] = [
  ['an empty file', ''],
  ['nothing but a comment', '# nothing\n'],
  ['nothing but a document start', '---\n'],
  ['null', 'null'],
  ['an empty mapping', '{}'],
  ['a token in quotes', withUser('token: "123"')],
  ['a token tagged as text', withUser('token: !!str 123')],
  ['a token with a tag of its own', withUser('token: !foo abc')],
  ['a token in base64', withUser('token: !!binary aGVsbG8=')],
  ['a token that looks like a date', withUser('token: 2020-01-01')],
  ['a token that looks like a time of day', withUser('token: 1:30')],
  ['a token beyond the range of numbers', withUser('token: 1e400')],
  ['a token that is null', withUser('token: null')],
  ['a token that is ~', withUser('token: ~')],
  ['yes for true', withCluster('server: "https://h", insecure-skip-tls-verify: yes')],
  ['off for false', withCluster('server: "https://h", disable-compression: off')],
  ['a key that stands twice', withUser('token: a, token: b')],
  ['a folded text', withUser('token: "a\\\n b"')],
  ['an escaped control character', withUser('token: "\\u0001"')],
  ['fields in another case', withUser('Token: t, TOKEN: q')],
  ['unknown fields', withUser('token: t, unknown: [1, {a: b}]')],
  ['an entry without a name', withTail('users: [{user: {token: t}}]')],
  ['an entry without content', withTail('users: [{name: u}]')],
  ['an entry with empty content', withTail('users:\n- name: u\n  user:\n')],
  ['an entry that is null', withTail('users:\n-\n- {name: u, user: {token: t}}\n')],
  ['lists that are null', withTail('users: null\n')],
  ['base64 with line ends', withUser('client-certificate-data: "aG\\nk=\\n"')],
  ['base64 with odd last bits', withUser('client-certificate-data: "aGl="')],
  ['a list with null', withUser('as: a, as-groups: [null, g]')],
  ['keys that are no text', withUser('as: a, as-user-extra: {1: [a], yes: [b], 1.5: [c], x: []}')],
  ['a byte order mark', `\uFEFF${withUser('token: t')}`],
  ['Windows line ends', withUser('token: t').replaceAll('\n', '\r\n')],
  ['a second document', `${withUser('token: t')}---\nusers: : : [`],
  ['something after the end of the document', `${withUser('token: t')}...\n: : ]`],
  ['an anchor', withTail('x: &x {token: t}\nusers: [{name: u, user: *x}]\n')],
  [
    'an anchor named twice',
    withTail('x: &x {token: a}\ny: &x {token: b}\nusers: [{name: u, user: *x}]\n'),
  ],
  ['a merge key', withTail('x: &x {token: t}\nusers: [{name: u, user: {<<: *x, as: a}}]\n')],
  [
    'a merge key after the field',
    withTail('x: &x {token: t}\nusers: [{name: u, user: {token: a, <<: *x}}]\n'),
  ],
  [
    'a merge key before the field',
    withTail('x: &x {token: t}\nusers: [{name: u, user: {<<: *x, token: a}}]\n'),
  ],
  [
    'a merge key with a list',
    withTail(
      'x: &x {token: a, as: q}\ny: &y {token: b}\nusers: [{name: u, user: {<<: [*y, *x]}}]\n',
    ),
  ],
  ['a merge key in quotes', withTail('x: &x {token: t}\nusers: [{name: u, user: {"<<": *x}}]\n')],
  [
    'a tagged merge key',
    withTail('x: &x {token: t}\nusers: [{name: u, user: {!!merge <<: *x}}]\n'),
  ],
  ['a mapping with a tag', withTail('users: !!map [{name: u, user: !!map {token: t}}]\n')],
  ['JSON', '{"clusters":[{"name":"k","cluster":{"server":"https://h"}}],"current-context":"k"}'],
  ['JSON with a key that stands twice', '{"current-context":"a","current-context":"b"}'],
  ['a plugin of v1', withUser('exec: {command: a, apiVersion: client.authentication.k8s.io/v1}')],
  [
    'a plugin of v1beta1',
    withUser(
      'exec: {command: ./a, args: [b, null], env: [{name: "N", value: v}], ' +
        'apiVersion: client.authentication.k8s.io/v1beta1, provideClusterInfo: true, installHint: h}',
    ),
  ],
  ['an auth provider', withUser('auth-provider: {name: gcp, config: {a: b}}')],
  [
    'an extension for plugins',
    withCluster(
      'server: "https://h", extensions: [{name: other, extension: 1}, ' +
        '{name: client.authentication.k8s.io/exec, extension: {b: 0x10, a: 1.0, n: [yes, ~, 1_000, 017, -0x1, .5, 0b11]}}]',
    ),
  ],
  ['something after the JSON', '{"current-context":"a"} more'],
  ['bytes as a list of numbers', withUser('client-certificate-data: [104, 105]')],
  ['an apiVersion and kind that are empty', 'apiVersion: ""\nkind: ""\ncurrent-context: a\n'],
]

/** Kubeconfigs that kubectl refuses, and so must we. */
export const unreadable: readonly Document[] = [
  ['text', 'abc'],
  ['a list', '[]'],
  ['another kind', 'apiVersion: v1\nkind: Foo\n'],
  ['another version', 'apiVersion: v2\nkind: Config\n'],
  ['a version that is a number', 'apiVersion: 1\n'],
  ...[
    '123',
    'true',
    'yes',
    'on',
    'No',
    'y',
    '1.50',
    '1e3',
    '0x1F',
    '0o17',
    '0b11',
    '0123',
    '1_000',
    '-5',
    '+5',
  ].map((value): Document => [`the token ${value} without quotes`, withUser(`token: ${value}`)]),
  ['a number that is infinite', withUser('token: .inf')],
  ['a number that is none', withUser('unknown: .nan')],
  ['a token that is a mapping', withUser('token: {a: b}')],
  ['a token that is a list', withUser('token: [a]')],
  ['a plugin that is a number', withUser('exec: 5')],
  ['arguments that are text', withUser('exec: {command: a, args: x}')],
  ['a flag that is text', withUser('exec: {command: a, provideClusterInfo: "true"}')],
  ['a variable that is a list', withUser('exec: {command: a, env: [[a]]}')],
  ['groups that are text', withUser('as-groups: g')],
  ['extra that is no list', withUser('as: a, as-user-extra: {k: v}')],
  ['extra with numbers', withUser('as: a, as-user-extra: {k: [1]}')],
  ['users that are a mapping', withTail('users: {name: u}\n')],
  ['a user that is text', withTail('users: [u]\n')],
  ['a name that is a number', withTail('users: [{name: 5}]\n')],
  ['a name that stands twice', withTail('users: [{name: u}, {name: u}]\n')],
  ['base64 with other characters', withUser('client-certificate-data: "!!!!"')],
  ['base64 with a space', withUser('client-certificate-data: "aG k="')],
  ['base64 with a tab', withUser('client-certificate-data: "aGk=\\t"')],
  ['base64 without its end', withUser('client-certificate-data: "aGk"')],
  ['base64 for URLs', withUser('client-key-data: "a-k_"')],
  ['base64 that is a number', withUser('client-key-data: 5')],
  ['an alias without anchor', withTail('users: [{name: u, user: *x}]\n')],
  ['an anchor that contains itself', withTail('users: [{name: u, user: &x {token: t, x: *x}}]\n')],
  ['a merge key with a number', withTail('users: [{name: u, user: {<<: 5}}]\n')],
  ['a key that is a list', withUser('token: t, ? [a] : b')],
  ['a key that is null', withUser('token: t, null : b')],
  ['a tab for indentation', withTail('users:\n- name: u\n\tuser: {token: t}\n')],
  ['a backtick', withUser('token: `t`')],
  ['an at sign', withUser('token: @t')],
  ['a percent sign', withUser('token: %t')],
  ['two colons in a line', withTail('users:\n- name: u\n  user:\n    token: a: b\n')],
  ['a quote that is not closed', withTail('users:\n- name: u\n  user:\n    token: "a\n')],
  ['a bracket that is not closed', withTail('users: [{name: u\n')],
  ['a bracket too many', withTail('users: [{name: u, user: {token: t}}]}\n')],
  ['an unknown escape', withUser('token: "\\q"')],
  ['extensions that are no list', withUser('token: t, extensions: {}')],
  [
    'an extension that stands twice',
    withUser('token: t, extensions: [{name: a, extension: 1}, {name: a, extension: 2}]'),
  ],
  ['preferences that are a list', withTail('preferences: [a]\n')],
  ['a colour that is text', withTail('preferences: {colors: a}\n')],
  ['an auth provider with a number', withUser('auth-provider: {name: x, config: {a: 1}}')],
  ['a byte that is none', withUser('client-certificate-data: [256]')],
  ['a cluster flag that is a number', withCluster('server: h, insecure-skip-tls-verify: 1')],
]
