import fc from 'fast-check'
import { stringify } from 'yaml'

import { isTwiceMarked, mutated, mutation } from './mutations.ts'
import { pairs } from './pairs.ts'

/** Kubeconfigs, and how they are to be used. */
export interface KubeconfigCase {
  /** One to three; a missing one is undefined. */
  readonly files: readonly (Uint8Array | undefined)[]
  /** Whether the first is asked for by name, instead of all being listed. */
  readonly explicit: boolean
  readonly set: Readonly<Record<string, string>>
  readonly insecure: boolean
}

const oddValue: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  ...[null, '', 'x', 0, 1.5, true, [], ['a'], {}, { a: 1 }, 'a\nb', 'é', '\u{1f600}', '\u001b[1m'],
)

function often<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: others.length, arbitrary: fc.constantFrom(...others) },
  )
}

function mostly<T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 100, arbitrary: usual }, { weight: 1, arbitrary: oddValue })
}

/** An object with the usual fields, seldom one less, and a few of the others. */
function some(
  fields: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  usual: readonly string[] = [],
): fc.Arbitrary<Record<string, unknown>> {
  const names = Object.keys(fields).filter((name) => !usual.includes(name))
  return fc
    .tuple(
      fc.oneof(
        { weight: 30, arbitrary: fc.constant([...usual]) },
        {
          weight: 1,
          arbitrary: fc.subarray([...usual], { minLength: Math.max(0, usual.length - 1) }),
        },
      ),
      fc.oneof(
        { weight: 2, arbitrary: fc.constant<string[]>([]) },
        { weight: 3, arbitrary: fc.subarray(names, { maxLength: Math.min(2, names.length) }) },
      ),
    )
    .chain(([kept, more]) =>
      fc.record(
        Object.fromEntries(
          [...kept, ...more].map((name) => [name, fields[name] ?? fc.constant(null)]),
        ),
      ),
    )
}

const extensions = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom<unknown>(
      [],
      null,
      [{ name: 'a', extension: { b: 1 } }],
      [{ name: 'a' }],
      [{}],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      'x',
      1,
      {},
      ['a'],
      [{ name: 1 }],
      [null],
      [{ name: 'a' }, { name: 'a' }],
    ),
  },
)

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

const [ec, , , rsa] = pairs
const anyPair = fc.constantFrom(...pairs)
const authority = ec?.certificate ?? ''

const server = fc.constantFrom(
  ...Array<string>(40).fill('https://127.0.0.1:6443'),
  ...[
    'https://h/path',
    'https://h/path/',
    'https://h:443',
    'https://[::1]:6443',
    'https://h/p?q#f',
    'https://h?q',
  ],
  ...[
    'http://h',
    'h',
    'h:80',
    '127.0.0.1:8080',
    'h/p',
    'ftp://h',
    'https://',
    'HTTPS://H',
    'https://u:p@h',
    ':',
    '//h',
  ],
)

const proxy = fc.constantFrom(
  ...[
    'http://p:1',
    'https://p',
    'socks5://p:1',
    'http://u:p@p',
    'ftp://p',
    'p:1',
    'socks5h://p',
    '::',
    'HTTP://p',
  ],
)

const extension = fc.oneof(
  fc.constantFrom<unknown>(null, 1, 'x', [1, 'a'], { b: 1, a: { d: [null], c: 1.5 } }, {}),
  fc.constantFrom<unknown>({ big: 9_007_199_254_740_993n }, { '<&>': '\u2028', é: 1 }, 1e21, 1e-7),
)

const cluster = some(
  {
    server: mostly(server),
    'tls-server-name': mostly(fc.constant('name')),
    'insecure-skip-tls-verify': mostly(fc.boolean()),
    'certificate-authority': mostly(
      fc.constantFrom('ca.pem', './ca.pem', '../one/ca.pem', 'missing.pem', 'empty'),
    ),
    'certificate-authority-data': mostly(
      fc.constantFrom(base64(authority), base64('no PEM'), 'aGk', ''),
    ),
    'proxy-url': mostly(proxy),
    'disable-compression': mostly(fc.boolean()),
    extensions: mostly(
      fc.array(
        some({ name: fc.constantFrom('client.authentication.k8s.io/exec', 'other'), extension }, [
          'name',
          'extension',
        ]),
        { maxLength: 2 },
      ),
    ),
    unknown: oddValue,
  },
  ['server'],
)

const exec = some(
  {
    apiVersion: mostly(
      often(
        ...['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'],
        ...['client.authentication.k8s.io/v1alpha1', 'v1', ''],
      ),
    ),
    command: mostly(
      often('plugin', './plugin', 'bin/plugin', '/abs/plugin', '../p', '~/p', 'a b', ''),
    ),
    args: mostly(fc.array(fc.constantFrom<unknown>('a', '--b=c', '', null, 'é'), { maxLength: 3 })),
    env: mostly(
      fc.array(
        some(
          {
            name: mostly(fc.constantFrom('A', 'B', '')),
            value: mostly(fc.constant('v')),
            x: oddValue,
          },
          ['name', 'value'],
        ),
        { maxLength: 2 },
      ),
    ),
    interactiveMode: mostly(often('Never', 'IfAvailable', 'Always', 'Sometimes', '')),
    provideClusterInfo: mostly(fc.boolean()),
    installHint: mostly(
      fc.constantFrom('install it', 'a\tb\n', '\u001b[1mbold', '\u202e\u0085\u00ad', '\u{e0001}'),
    ),
    stdinUnavailable: fc.boolean(),
  },
  ['apiVersion', 'command', 'interactiveMode'],
)

const certificate = fc.oneof(
  anyPair.map(({ certificate: cert, key }) => ({
    'client-certificate-data': base64(cert),
    'client-key-data': base64(key),
  })),
  fc.constantFrom<Record<string, string>>(
    { 'client-certificate': 'client.pem', 'client-key': 'client.key' },
    { 'client-certificate': 'client.pem', 'client-key': 'missing.key' },
    { 'client-certificate': 'client.pem' },
    { 'client-key': 'client.key' },
    { 'client-certificate': 'client.pem', 'client-key-data': base64(ec?.key ?? '') },
    { 'client-certificate-data': base64(ec?.certificate ?? ''), 'client-key': 'client.key' },
    { 'client-certificate-data': base64(ec?.certificate ?? '') },
    {
      'client-certificate': 'client.pem',
      'client-key': 'client.key',
      'client-key-data': base64(rsa?.key ?? ''),
    },
  ),
)

const other = some({
  token: mostly(fc.constantFrom('t', ' t ', 'a.b')),
  tokenFile: mostly(fc.constantFrom('token', 'missing', 'empty', './token')),
  username: mostly(fc.constantFrom('user', '')),
  password: mostly(fc.constant('pass')),
  as: mostly(fc.constantFrom('jane', '')),
  'as-uid': mostly(fc.constant('7')),
  'as-groups': mostly(fc.array(fc.constantFrom('g', 'h'), { maxLength: 2 })),
  'as-user-extra': mostly(fc.constantFrom({ k: ['v'] }, { k: [] }, {})),
  'auth-provider': mostly(
    some(
      {
        name: fc.constantFrom('oidc', 'gcp', 'azure', 'other', ''),
        config: fc.constantFrom<unknown>(
          {},
          { 'idp-issuer-url': 'https://i', 'client-id': 'c' },
          null,
          1,
          { a: 1 },
        ),
      },
      ['name', 'config'],
    ),
  ),
  extensions,
  unknown: oddValue,
})

const user = fc.oneof(
  { weight: 4, arbitrary: mostly(exec).map((entry) => ({ exec: entry })) },
  { weight: 3, arbitrary: other },
  { weight: 2, arbitrary: certificate },
  {
    weight: 1,
    arbitrary: fc.tuple(exec, other).map(([entry, more]) => ({ exec: entry, ...more })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(certificate, other).map(([pair, more]) => ({ ...pair, ...more })),
  },
)

const context = some(
  {
    cluster: mostly(often('k1', 'k2', 'absent')),
    user: mostly(often('u1', 'u2', 'absent')),
    namespace: mostly(fc.constantFrom('ns', 'No Label')),
    extensions,
  },
  ['cluster', 'user'],
)

function entries(
  field: string,
  names: readonly string[],
  value: fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  return mostly(
    fc.oneof(
      {
        weight: 12,
        arbitrary: often([...names], [names[0] ?? '']).chain((present) =>
          fc.tuple(...present.map((name) => value.map((entry) => ({ name, [field]: entry })))),
        ),
      },
      {
        weight: 1,
        arbitrary: fc.array(
          some({ name: fc.constantFrom(...names), [field]: value }, ['name', field]),
          { maxLength: 3 },
        ),
      },
    ),
  )
}

const structure = some(
  {
    apiVersion: mostly(often('v1', '', 'v2')),
    kind: mostly(often('Config', '', 'List')),
    'current-context': mostly(often('c1', 'c2', 'absent')),
    contexts: entries('context', ['c1', 'c2'], mostly(context)),
    clusters: entries('cluster', ['k1', 'k2'], mostly(cluster)),
    users: entries('user', ['u1', 'u2'], mostly(user)),
    preferences: mostly(
      fc.constantFrom<unknown>({}, { colors: true }, { colors: false, extensions: [] }),
    ),
    extensions,
  },
  ['current-context', 'contexts', 'clusters', 'users'],
)

const replacer = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? Number(value) : value

const text = fc
  .tuple(structure, fc.constantFrom('yaml', 'yaml', 'json', 'indented'))
  .map(([value, style]) => {
    if (style === 'yaml') return stringify(value, { version: '1.1' })
    return JSON.stringify(value, replacer, style === 'json' ? 0 : 2)
  })

const encoding = fc.constantFrom(...Array<string>(30).fill('utf8'), 'utf16le', 'marked')

const file = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(text, encoding).map(([plain, how]) => {
      if (how === 'utf16le') return Buffer.from(`\ufeff${plain}`, 'utf16le')
      return Buffer.from(how === 'marked' ? `\ufeff${plain}` : plain)
    }),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(text, fc.array(mutation, { minLength: 1, maxLength: 3 }))
      .map(([plain, changes]) => mutated(Buffer.from(plain), changes))
      .filter((bytes) => !isTwiceMarked(bytes)),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('', '# nothing\n', '{}', 'null', '[]', 'x')
      .map((plain) => Buffer.from(plain)),
  },
)

const overrides = fc.record(
  {
    context: fc.constantFrom('c1', 'c2', 'absent'),
    cluster: fc.constantFrom('k1', 'k2', 'absent'),
    user: fc.constantFrom('u1', 'u2', 'absent'),
    namespace: fc.constant('other'),
    server,
    'tls-server-name': fc.constant('asked'),
    'certificate-authority': fc.constantFrom('one/ca.pem', 'missing.pem'),
    'proxy-url': proxy,
    token: fc.constant('asked'),
    username: fc.constant('asked'),
    password: fc.constant('asked'),
    as: fc.constant('asked'),
    'as-uid': fc.constant('8'),
  },
  { requiredKeys: [] },
)

const fewOverrides = overrides.chain((all) =>
  fc
    .subarray(Object.keys(all), { maxLength: Math.min(2, Object.keys(all).length) })
    .map((names) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))),
    ),
)

/** Any use of any kubeconfigs. */
export const kubeconfigCase: fc.Arbitrary<KubeconfigCase> = fc.record({
  files: fc.oneof(
    { weight: 3, arbitrary: fc.tuple(file) },
    {
      weight: 1,
      arbitrary: fc.array(fc.option(file, { nil: undefined, freq: 9 }), {
        minLength: 2,
        maxLength: 3,
      }),
    },
  ),
  explicit: fc.boolean(),
  set: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: fewOverrides }),
  insecure: fc.oneof(
    { weight: 9, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.boolean() },
  ),
})
