import fc from 'fast-check'
import { stringify } from 'yaml'

import { isTwiceMarked, mutated, mutation } from './mutations.ts'
import { pairs } from './pairs.ts'

const group = 'client.authentication.k8s.io'

/** What a plugin prints, and the version that its caller is configured for. */
export interface ReplyCase {
  readonly stdout: Uint8Array
  readonly apiVersion: 'client.authentication.k8s.io/v1' | 'client.authentication.k8s.io/v1beta1'
}

const configured = fc.constantFrom(
  'client.authentication.k8s.io/v1' as const,
  'client.authentication.k8s.io/v1beta1' as const,
)

/** A value of a kind that may not be expected where it stands. */
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'x', 0, 1.5, -1, true, false, [], ['a'], {}, { a: 1 }),
  fc.constantFrom<unknown>(
    'a\tb',
    'a\nb',
    'é',
    '\u{1f600}',
    '\u0000',
    '\ud800',
    ' padded ',
    'yes',
    '0x1f',
    '<&>',
  ),
)

function mostly<T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 19, arbitrary: usual }, { weight: 1, arbitrary: oddValue })
}

function usually(usual: string, ...odd: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  )
}

const timestamp = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...['2030-01-02T15:04:05Z', '2030-01-02T15:04:05.5Z', '2030-01-02T5:04:05+01:00'],
      ...['2001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '2030-13-02T15:04:05Z',
      '2030-01-02t15:04:05z',
      '2030-01-02',
      'never',
      '',
    ),
  },
)

const pair = fc.constantFrom(...pairs)

const status = fc.oneof(
  fc.record(
    {
      token: mostly(fc.constantFrom('t', 'token-1', ' t ', 'a.b.c')),
      expirationTimestamp: mostly(timestamp),
    },
    { requiredKeys: [] },
  ),
  fc
    .tuple(pair, fc.option(fc.constant('t')), fc.option(timestamp))
    .map(([{ certificate, key }, token, end]) => ({
      clientCertificateData: certificate,
      clientKeyData: key,
      ...(token === null ? {} : { token }),
      ...(end === null ? {} : { expirationTimestamp: end }),
    })),
  fc.record(
    {
      token: mostly(fc.constant('t')),
      clientCertificateData: mostly(fc.constantFrom('', 'C')),
      clientKeyData: mostly(fc.constantFrom('', 'K')),
      expirationTimestamp: mostly(timestamp),
      Token: oddValue,
      unknown: oddValue,
    },
    { requiredKeys: [] },
  ),
)

const cluster = fc.record(
  {
    server: mostly(fc.constant('https://h')),
    'tls-server-name': mostly(fc.constant('n')),
    'insecure-skip-tls-verify': mostly(fc.boolean()),
    'certificate-authority-data': mostly(fc.constantFrom('', 'aGk=', 'aGk', '!!', 'aG k=')),
    'proxy-url': mostly(fc.constant('http://p')),
    'disable-compression': mostly(fc.boolean()),
    config: oddValue,
    unknown: oddValue,
  },
  { requiredKeys: [] },
)

const spec = fc.record(
  {
    interactive: mostly(fc.boolean()),
    cluster: mostly(cluster),
    response: oddValue,
    Interactive: oddValue,
  },
  { requiredKeys: [] },
)

/** Stands for the version that the caller is configured for. */
const asConfigured = '@configured'

const version = fc.oneof(
  { weight: 8, arbitrary: fc.constant(asConfigured) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        `${group}/v1`,
        `${group}/v1beta1`,
        `${group}/v1alpha1`,
        `${group}/__internal`,
        `${group}/`,
        group,
      ],
      ...['v1', '/', '', '/v1', 'a/', 'a/b/c', 'apps/v1', `${group}/V1`],
    ),
  },
)

const kind = fc.oneof(
  { weight: 8, arbitrary: fc.constant('ExecCredential') },
  { weight: 1, arbitrary: fc.constantFrom('execCredential', 'Foo', '', 'List') },
)

/** Members in any order, some of them twice or in another case. */
const members: fc.Arbitrary<readonly (readonly [string, unknown])[]> = fc
  .tuple(
    fc.option(fc.tuple(usually('apiVersion', 'APIVERSION', 'apiversion'), mostly(version)), {
      freq: 30,
    }),
    fc.option(fc.tuple(usually('kind', 'Kind', '\u212aind'), mostly(kind)), { freq: 8 }),
    fc.option(fc.tuple(usually('status', 'Status'), mostly(status)), { freq: 30 }),
    fc.option(fc.tuple(fc.constant('spec'), mostly(spec)), { freq: 1 }),
    fc.option(
      fc.tuple(
        fc.constantFrom('status', 'apiVersion', 'kind', 'metadata', 'unknown', '__proto__'),
        fc.oneof(status, oddValue),
      ),
      { freq: 1 },
    ),
  )
  .chain((parts) => {
    const present = parts.filter((part) => part !== null)
    return fc.shuffledSubarray(present, { minLength: present.length })
  })

function jsonText(entries: readonly (readonly [string, unknown])[], indent: number): string {
  const body = entries.map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value, null, indent)}`,
  )
  return indent === 0 ? `{${body.join(',')}}` : `{\n ${body.join(',\n ')}\n}\n`
}

function yamlText(entries: readonly (readonly [string, unknown])[]): string {
  return entries.map(([name, value]) => stringify({ [name]: value }, { version: '1.1' })).join('')
}

const text: fc.Arbitrary<string> = fc
  .tuple(members, fc.constantFrom('json', 'json', 'indented', 'yaml', 'flow'))
  .map(([entries, style]) => {
    if (style === 'json') return jsonText(entries, 0)
    if (style === 'indented') return jsonText(entries, 2)
    return style === 'yaml' ? yamlText(entries) : `# comment\n${jsonText(entries, 0)}`
  })

const nested = fc
  .tuple(fc.constantFrom('[', '{"a":'), fc.constantFrom(10, 90, 499, 9_998, 10_001))
  .map(([open, depth]) => {
    const close = open === '[' ? ']' : '}'
    const value = open.repeat(depth) + (open === '[' ? '' : '1') + close.repeat(depth)
    const head = `"apiVersion":"${group}/v1","kind":"ExecCredential","status":{"token":"t"}`
    return `{${head},"unknown":${value}}`
  })

function encoded(plain: string, encoding: string): Uint8Array {
  if (encoding === 'utf16le') return Buffer.from(`\ufeff${plain}`, 'utf16le')
  if (encoding === 'utf16be') return Buffer.from(`\ufeff${plain}`, 'utf16le').swap16()
  if (encoding === 'marked') return Buffer.from(`\ufeff${plain}`)
  return Buffer.from(plain)
}

const wellFormed: fc.Arbitrary<Uint8Array> = fc
  .tuple(text, fc.constantFrom(...Array<string>(20).fill('utf8'), 'utf16le', 'utf16be', 'marked'))
  .map(([plain, encoding]) => encoded(plain, encoding))

const changes = fc.array(mutation, { minLength: 1, maxLength: 3 })

const handMade = fc
  .constantFrom(
    ...[
      '',
      ' ',
      '\n',
      '{',
      '{}',
      'null',
      '[]',
      '1',
      '"x"',
      'abc',
      '---',
      '--- {}',
      '# only',
      'k8s\0',
      'k8s\0\n\u0001',
    ],
  )
  .map((plain) => Buffer.from(plain))

/** Replies as plugins print them, and as they should not. */
export const replyCase: fc.Arbitrary<ReplyCase> = fc
  .tuple(
    configured,
    fc.oneof(
      { weight: 10, arbitrary: wellFormed },
      {
        weight: 10,
        arbitrary: fc.tuple(wellFormed, changes).map(([bytes, all]) => mutated(bytes, all)),
      },
      { weight: 1, arbitrary: nested.map((plain) => Buffer.from(plain)) },
      { weight: 1, arbitrary: handMade },
    ),
  )
  .map(([apiVersion, bytes]) => ({ apiVersion, stdout: replaced(bytes, apiVersion) }))
  .filter(({ stdout }) => !isTwiceMarked(stdout))

/** The bytes with the configured version in place of what stands for it, in any encoding. */
function replaced(bytes: Uint8Array, apiVersion: string): Uint8Array {
  const latin = Buffer.from(bytes).toString('latin1')
  const wide = (plain: string, pad: (letter: string) => string): string =>
    Array.from(plain, pad).join('')
  const pads = [
    (letter: string) => letter,
    (letter: string) => `${letter}\0`,
    (letter: string) => `\0${letter}`,
  ]
  const done = pads.reduce(
    (now, pad) => now.replaceAll(wide(asConfigured, pad), wide(apiVersion, pad)),
    latin,
  )
  return Buffer.from(done, 'latin1')
}
