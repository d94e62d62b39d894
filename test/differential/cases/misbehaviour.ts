import { difference } from '../../differences.ts'
import type { Case } from '../case.ts'
import { pairOf, tokenOf } from '../stage.ts'

const token = tokenOf('ann')
const decoding = 'getting credentials: decoding stdout: '
const v1 = 'client.authentication.k8s.io/v1'
const invalidHeader = 'net/http: invalid header field value for "Authorization"'
const otherVersion = `getting credentials: exec plugin is configured to use API version ${v1}, plugin returned version`
const noStatus = "getting credentials: exec plugin didn't return a status field"
const parsing = 'getting credentials: failed parsing client key/certificate: '

/** Plugins that fail, and replies that are not right. */
export const misbehaviourCases: readonly Case[] = [
  ...endings(),
  ...noises(),
  ...shapes(),
  ...pairs(),
  ...timestamps(),
]

function endings(): Case[] {
  const acts: readonly (readonly [name: string, act: string, code: number])[] = [
    ['exits with 1', 'exit 1', 1],
    ['exits with 2 and prints its reply', 'cat "$RECORD/reply"; exit 2', 2],
    ['exits with 126', 'exit 126', 126],
    ['exits with 127', 'no-such-program 2>/dev/null', 127],
    ['exits with 255', 'exit 255', 255],
    ['says why on standard error', 'echo "plugin: not today" >&2; exit 3', 3],
    ['is ended by SIGKILL', 'kill -KILL $$', -1],
    ['is ended by SIGTERM', 'kill -TERM $$', -1],
    ['is ended by SIGSEGV', 'kill -SEGV $$', -1],
    ['is ended by SIGPIPE', 'kill -PIPE $$', -1],
  ]
  return acts.map(([name, act, code]) => ({
    name: `a plugin that ${name}`,
    act,
    fails: ({ plugin }) =>
      `getting credentials: exec: executable ${plugin} failed with exit code ${code}`,
  }))
}

function noises(): Case[] {
  const good = 'cat "$RECORD/reply"'
  return [
    {
      name: 'a plugin that writes on standard error and succeeds',
      act: `echo "plugin: one" >&2; ${good}; echo "plugin: two" >&2`,
    },
    { name: 'a plugin that takes its time', act: `sleep 0.3; ${good}` },
    {
      name: 'a plugin that prints in pieces',
      act: 'head -c 20 "$RECORD/reply"; sleep 0.2; tail -c +21 "$RECORD/reply"',
    },
    { name: 'a plugin that reads its input', act: `cat >/dev/null; ${good}` },
    { name: 'a plugin that closes its outputs', act: `${good}; exec >&- 2>&-` },
    {
      name: 'a plugin that leaves a program behind, which keeps the outputs open',
      act: `sleep 2 & ${good}`,
    },
    {
      name: 'nothing',
      reply: '',
      fails: `${otherVersion} client.authentication.k8s.io/__internal`,
    },
    {
      name: 'white space',
      reply: ' \n\n',
      fails: `${otherVersion} client.authentication.k8s.io/__internal`,
    },
    {
      name: 'a line end',
      reply: '\n',
      fails: `${otherVersion} client.authentication.k8s.io/__internal`,
    },
    { name: 'a word', reply: 'hello', fails: decoding, loosely: true },
    { name: 'words', reply: 'please log in first\n', fails: decoding, loosely: true },
    { name: 'a number', reply: '42', fails: decoding, loosely: true },
    {
      name: 'null',
      reply: 'null',
      fails: `${otherVersion} client.authentication.k8s.io/__internal`,
    },
    { name: 'a list', reply: '[]', fails: decoding, loosely: true },
    { name: 'an object that does not end', reply: '{"kind":', fails: decoding, loosely: true },
    { name: 'a text that does not end', reply: '{"kind":"Exec', fails: decoding, loosely: true },
    {
      name: 'bytes that are no text',
      reply: Buffer.from([0xff, 0xfe, 0x00, 0x01]),
      fails: decoding,
      loosely: true,
    },
    {
      name: 'an empty object',
      reply: '{}',
      fails: `${otherVersion} client.authentication.k8s.io/__internal`,
    },
    around('a line before the reply', (reply) => `warning: old\n${reply}`, {
      fails: decoding,
      loosely: true,
    }),
    around('a line after the reply', (reply) => `${reply}\nbye\n`, {
      fails: decoding,
      loosely: true,
    }),
    around('the reply twice', (reply) => `${reply}\n${reply}`, { fails: decoding, loosely: true }),
    around('white space around the reply', (reply) => `\n\t ${reply}\r\n\n `),
    around('a byte order mark before the reply', (reply) => `\uFEFF${reply}`),
    around('a comment before the reply', (reply) => `# hello\n${reply}`),
    around('a document mark before the reply', (reply) => `---\n${reply}`),
    around('another document after the reply', (reply) => `---\n${reply}\n---\nother: 1\n`),
    around('a comma at the end', (reply) => reply.replace(/\}$/u, ',}'), {
      fails: decoding,
      loosely: true,
    }),
    {
      name: 'a reply of more than a mebibyte',
      reply: () => reply({ token, padding: 'x'.repeat(1_100_000) }),
      differs: {
        because: difference('output-limit'),
        in: ['requests', 'exitCode', 'stdout', 'error'],
        ours: { exitCode: 1, requests: [] },
      },
    },
    {
      name: 'a large reply',
      reply: () => reply({ token, padding: 'x'.repeat(900_000) }),
    },
  ]
}

function reply(status: unknown, fields: object = {}): string {
  return JSON.stringify({ apiVersion: v1, kind: 'ExecCredential', status, ...fields })
}

function around(name: string, change: (reply: string) => string, rest: Partial<Case> = {}): Case {
  return { name, reply: () => change(reply({ token })), ...rest }
}

function shapes(): Case[] {
  const replies: readonly (readonly [name: string, reply: string, rest?: Partial<Case>])[] = [
    [
      'another version',
      reply({ token }, { apiVersion: `${v1}beta1` }),
      { fails: `${otherVersion} ${v1}beta1` },
    ],
    [
      'a version that is not known',
      reply({ token }, { apiVersion: `${v1}alpha1` }),
      { fails: decoding, loosely: true },
    ],
    [
      'a version of another group',
      reply({ token }, { apiVersion: 'v1' }),
      { fails: decoding, loosely: true },
    ],
    ['no version', reply({ token }, { apiVersion: undefined }), { fails: otherVersion }],
    ['an empty version', reply({ token }, { apiVersion: '' }), { fails: otherVersion }],
    [
      'a version that is a number',
      reply({ token }, { apiVersion: 1 }),
      { fails: decoding, loosely: true },
    ],
    ['no kind', reply({ token }, { kind: undefined })],
    ['an empty kind', reply({ token }, { kind: '' })],
    [
      'another kind',
      reply({ token }, { kind: 'Pod' }),
      { fails: `${decoding}no kind "Pod" is registered for version "${v1}"`, loosely: true },
    ],
    ['no status', reply(undefined), { fails: noStatus }],
    ['a status that is null', reply(null), { fails: noStatus }],
    ['a status that is a text', reply('ok'), { fails: decoding, loosely: true }],
    ['a status that is a list', reply([]), { fails: decoding, loosely: true }],
    [
      'a token that is null',
      reply({ token: null }),
      { fails: "getting credentials: exec plugin didn't return a token or cert/key pair" },
    ],
    ['a token that is a number', reply({ token: 5 }), { fails: decoding, loosely: true }],
    [
      'a token in another case',
      reply({ Token: token }),
      { fails: "getting credentials: exec plugin didn't return a token or cert/key pair" },
    ],
    [
      'a status in another case',
      JSON.stringify({ apiVersion: v1, kind: 'ExecCredential', Status: { token } }),
      { fails: noStatus },
    ],
    [
      'a kind in another case',
      JSON.stringify({ apiVersion: v1, KIND: 'ExecCredential', status: { token } }),
    ],
    ['fields that nobody knows', reply({ token, more: 1 }, { extra: [] })],
    [
      'a spec that comes back',
      reply({ token }, { spec: { interactive: true, cluster: { server: 'x' } } }),
    ],
    ['metadata', reply({ token }, { metadata: { name: 'x' } })],
    [
      'a token twice',
      `{"apiVersion":"${v1}","kind":"ExecCredential","status":{"token":"x","token":"${token}"}}`,
    ],
    [
      'a status twice',
      `{"apiVersion":"${v1}","kind":"ExecCredential","status":{},"status":{"token":"${token}"}}`,
    ],
    [
      'escapes in the token',
      `{"apiVersion":"${v1}","kind":"ExecCredential","status":{"token":"${token.replace('K', '\\u004b')}"}}`,
    ],
    ['YAML', `apiVersion: ${v1}\nkind: ExecCredential\nstatus:\n  token: ${token}\n`],
    [
      'YAML with a number for a token',
      `apiVersion: ${v1}\nkind: ExecCredential\nstatus:\n  token: 12\n`,
      { fails: decoding, loosely: true },
    ],
    [
      'YAML with tabs',
      `apiVersion: ${v1}\nkind: ExecCredential\nstatus:\n\ttoken: x\n`,
      { fails: decoding, loosely: true },
    ],
    [
      'a token with a line end',
      reply({ token: `${token}\n` }),
      {
        fails: invalidHeader,
        differs: {
          because: difference('unsendable-token'),
          in: ['error'],
          ours: { error: `getting credentials: ${invalidHeader}` },
        },
      },
    ],
  ]
  return replies.map(([name, text, rest = {}]) => ({
    name: `a reply with ${name}`,
    reply: text,
    ...rest,
  }))
}

function pairs(): Case[] {
  const half = 'getting credentials: exec plugin returned only certificate or key, not both'
  const noPem = `${parsing}tls: failed to find any PEM data in certificate input`
  return [
    {
      name: 'a certificate without a key',
      status: ({ rita }) => ({ clientCertificateData: rita.certificatePem }),
      fails: half,
    },
    {
      name: 'a key without a certificate',
      status: ({ rita }) => ({ clientKeyData: rita.privateKeyPem }),
      fails: half,
    },
    {
      name: 'a token and half a pair',
      status: ({ rita }) => ({ token, clientKeyData: rita.privateKeyPem }),
      fails: half,
    },
    {
      name: 'a pair that is no PEM',
      status: { clientCertificateData: 'x', clientKeyData: 'y' },
      fails: noPem,
    },
    {
      name: 'a key that is no PEM',
      status: ({ rita }) => ({ ...pairOf(rita), clientKeyData: 'y' }),
      fails: `${parsing}tls: failed to find any PEM data in key input`,
    },
    {
      name: 'a certificate and key by turns',
      status: ({ rita }) => ({
        clientCertificateData: rita.privateKeyPem,
        clientKeyData: rita.certificatePem,
      }),
      fails: `${parsing}tls: `,
      loosely: true,
    },
    {
      name: 'a key of another certificate',
      status: ({ rita, late }) => ({ ...pairOf(rita), clientKeyData: late.privateKeyPem }),
      fails: `${parsing}tls: private key does not match public key`,
    },
    {
      name: 'a certificate with nothing in it',
      status: ({ rita }) => ({
        ...pairOf(rita),
        clientCertificateData: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      }),
      fails: parsing,
      loosely: true,
    },
    {
      name: 'certificate and key in one text',
      status: ({ rita }) => {
        const pem = rita.certificatePem + rita.privateKeyPem
        return { clientCertificateData: pem, clientKeyData: pem }
      },
    },
    {
      name: 'a certificate that the server does not know',
      status: ({ server }) => pairOf(server.issueCertificate({ user: 'mallory' })),
    },
    {
      name: 'a certificate that has ended',
      status: ({ late }) => pairOf(late),
      fails: 'You must be logged in to the server (Unauthorized)',
      differs: { because: difference('certificate-end'), in: ['runs'], ours: { runs: [{}] } },
    },
  ]
}

function timestamps(): Case[] {
  const good = [
    '2999-01-01T00:00:00.123Z',
    '2999-01-01T00:00:00+05:30',
    '2999-01-01T00:00:00.5-08:00',
    '0001-01-01T00:00:00Z',
    '2999-01-01T5:00:00Z',
    '2999-01-01T00:00:00,5Z',
  ]
  const bad = [
    'tomorrow',
    '',
    '2999-01-01',
    '2999-01-01 00:00:00Z',
    '2999-01-01T00:00:00',
    '2999-01-01t00:00:00z',
    '2999-02-30T00:00:00Z',
    '2999-01-01T24:00:00Z',
    '2999-01-01T00:00:00+0100',
    '32472144000',
  ]
  return [
    ...good.map((end) => ({
      name: `an end at ${end}`,
      status: { token, expirationTimestamp: end },
    })),
    ...bad.map((end) => ({
      name: `an end at ${end === '' ? 'nothing' : end}`,
      status: { token, expirationTimestamp: end },
      fails: decoding,
      loosely: true as const,
    })),
    { name: 'an end that is null', status: { token, expirationTimestamp: null } },
    {
      name: 'an end that is a number',
      status: { token, expirationTimestamp: 32472144000 },
      fails: decoding,
      loosely: true,
    },
  ]
}
