import type { JsonObject, JsonValue } from '../../../src/api/json.ts'
import type { Case, OfStage } from '../case.ts'
import { base64 } from '../stage.ts'

const wanted = { provideClusterInfo: true }

/** The cluster in `KUBERNETES_EXEC_INFO`, byte for byte. */
export const clusterInfoCases: readonly Case[] = [
  ...fields(),
  ...extensions(),
  {
    name: 'an extension that nobody asked for',
    cluster: { extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { a: 1 } }] },
  },
]

function fields(): Case[] {
  const cases: readonly (readonly [
    name: string,
    cluster: OfStage<JsonObject>,
    rest?: Partial<Case>,
  ])[] = [
    ['tls-server-name', { 'tls-server-name': 'localhost' }],
    ['no verification', { 'certificate-authority-data': '', 'insecure-skip-tls-verify': true }],
    [
      'an authority and no verification',
      { 'insecure-skip-tls-verify': true },
      { fails: 'specifying a root certificates file with the insecure flag is not allowed' },
    ],
    ['disable-compression', { 'disable-compression': true }],
    [
      'an authority in a file',
      { 'certificate-authority': 'ca.crt', 'certificate-authority-data': '' },
      { files: ({ caPem }) => ({ 'ca.crt': caPem }) },
    ],
    [
      'an authority in a file in a folder below',
      { 'certificate-authority': './deep/../ca.crt', 'certificate-authority-data': '' },
      { files: ({ caPem }) => ({ 'ca.crt': caPem }) },
    ],
    [
      'an authority as data over one in a file that is not there',
      { 'certificate-authority': 'no-such-file' },
      {
        fails: 'certificate-authority-data and certificate-authority are both specified for fake.',
        loosely: true,
      },
    ],
    [
      'an authority among other text',
      ({ caPem }) => ({ 'certificate-authority-data': base64(`# ours\n${caPem}\n# end\n`) }),
    ],
    [
      'two authorities',
      ({ caPem, server }) => ({
        'certificate-authority-data': base64(caPem + server.clientAuthority.certificatePem),
      }),
    ],
    ['all fields at once', { 'tls-server-name': 'localhost', 'disable-compression': true }],
    ['a server with a slash at its end', ({ server }) => ({ server: `${server.url}/` })],
    ['a server by its name', ({ server }) => ({ server: `https://localhost:${server.port}` })],
    ['a server in capitals', ({ server }) => ({ server: `HTTPS://LOCALHOST:${server.port}` })],
    ['a server with a query', ({ server }) => ({ server: `${server.url}?a=1` })],
  ]
  return cases.map(([name, cluster, rest = {}]) => ({ name, exec: wanted, cluster, ...rest }))
}

function extensions(): Case[] {
  const values: readonly (readonly [name: string, extension: JsonValue])[] = [
    ['an empty object', {}],
    ['an object in an object', { audience: 'x', more: { z: 1, a: { y: [], b: {} } } }],
    ['characters that Go escapes', { z: '<a & b>', 'k<e>y': '\'"\\/', tab: '\t\n\r\b\f' }],
    ['control characters', { a: '\u0001\u001F' }],
    ['other scripts', { ü: 'größe', 日本: '語', emoji: '🎭', 'a\u0301': 'combining' }],
    ['whole numbers', { a: 0, b: -1, c: 42, d: 2147483648 }],
    ['large whole numbers', { a: 9007199254740991, b: 1e15, c: 123456789012 }],
    ['fractions', { a: 2.5, b: 0.1, c: -0.000001, d: 1e-7, e: 3.0e-9 }],
    ['floating numbers with exponents', { a: 1e20, b: 1e21, c: 1.5e300, d: 1e22 }],
    ['truth and nothing', { a: true, b: false, c: null }],
    ['a list', { a: [1, 'two', null, { c: 3, b: 2 }, [true]] }],
    ['keys out of order', { b: 1, a: 2, C: 3, _: 4, '1': 5, '10': 6, '2': 7 }],
    ['a key that is empty', { '': 'empty', a: '' }],
    ['a version and a kind', { apiVersion: 'example.com/v1', kind: 'Config', audience: 'a' }],
    ['an apiVersion alone', { apiVersion: 'v1', a: 1 }],
    ['a list at the top', [1, 2, { b: 1, a: 2 }]],
    ['a text at the top', 'text'],
    ['a number at the top', 7],
    ['nothing at the top', null],
  ]
  return [
    ...values.map(([name, extension]) => ({
      name: `an extension: ${name}`,
      exec: wanted,
      cluster: { extensions: [{ name: 'client.authentication.k8s.io/exec', extension }] },
    })),
    { name: 'no extension', exec: wanted },
    { name: 'extensions, and none of them', exec: wanted, cluster: { extensions: [] } },
    {
      name: 'an extension of another name',
      exec: wanted,
      cluster: { extensions: [{ name: 'example.com/other', extension: { a: 1 } }] },
    },
    {
      name: 'the extension among others',
      exec: wanted,
      cluster: {
        extensions: [
          { name: 'example.com/a', extension: { a: 1 } },
          { name: 'client.authentication.k8s.io/exec', extension: { b: 2 } },
          { name: 'example.com/c', extension: { c: 3 } },
        ],
      },
    },
    ...written(),
  ]
}

/** Extensions as YAML, where a value can be written in ways that JSON has not. */
function written(): Case[] {
  const lines: readonly (readonly [name: string, yaml: string, rest?: Partial<Case>])[] = [
    ['numbers', '{hex: 0x10, octal: 0o17, old: 017, underscored: 1_000, plus: +5, half: .5}'],
    ['special floats as text', '{inf: ".inf", nan: ".nan"}'],
    ['words of truth', '{a: yes, b: No, c: on, d: off, e: y, f: n, g: True, h: FALSE, i: "yes"}'],
    ['nothings', '{a: ~, b: null, c: Null, d: , e: "null"}'],
    ['dates', '{a: 2001-12-14, b: 2001-12-14T21:59:43Z}'],
    ['whole floats', '{a: 1.0, b: 100.0, c: 1e3, d: 1E+3}'],
    [
      'integers of 64 bits',
      '{a: 9223372036854775807, b: -9223372036854775808, c: 18446744073709551615}',
    ],
    ['a zero below zero', '{a: -0.0, b: -0}'],
    ['separators of lines, as they are', '{a: "x \u2028 y"}'],
    [
      'a control character',
      '{a: "\u007f"}',
      {
        fails: ({ folder }) => `error loading config file "${folder}/config.yaml": `,
        loosely: true,
      },
    ],
    ['integers beyond 64 bits', '{a: 18446744073709551616, b: 123456789012345678901234567890}'],
    ['separators of lines', String.raw`{a: "\u2028 and \u2029", b: "\x7f\u0085"}`],
    ['keys that are no text', '{1: a, true: b, 1.5: c}'],
    ['binary', '{a: !!binary aGVsbG8=}'],
    ['text by its tag', '{a: !!str 1, b: !!int "2", c: !!float "3"}'],
    ['an anchor', '{a: &x {k: 1}, b: *x}'],
    ['a merge key', '{base: &x {k: 1, l: 2}, b: {<<: *x, l: 3}}'],
    ['times of sixty', '{a: 1:30, b: 190:20:30}'],
  ]
  return lines.map(([name, yaml, rest = {}]) => ({
    name: `an extension in YAML: ${name}`,
    files: ({ server, plugin, caPem }) => ({
      'config.yaml': `apiVersion: v1
kind: Config
current-context: fake
contexts: [{name: fake, context: {cluster: fake, user: fake}}]
users:
- name: fake
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: ${plugin}, interactiveMode: Never, provideClusterInfo: true}
clusters:
- name: fake
  cluster:
    server: ${server.url}
    certificate-authority-data: ${base64(caPem)}
    extensions:
    - name: client.authentication.k8s.io/exec
      extension: ${yaml}
`,
    }),
    kubeconfig: false,
    flags: ({ folder }) => ['--kubeconfig', `${folder}/config.yaml`],
    ...rest,
  }))
}
