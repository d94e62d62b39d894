import { difference } from '../../differences.ts'
import type { Case } from '../case.ts'
import { replyWith, tokenOf } from '../stage.ts'

const token = tokenOf('ann')
const decoding = 'getting credentials: decoding stdout: '
const v1 = 'client.authentication.k8s.io/v1'
const otherVersion = `getting credentials: exec plugin is configured to use API version ${v1}, plugin returned version`
const invalidHeader = 'net/http: invalid header field value for "Authorization"'
const noStatus = "getting credentials: exec plugin didn't return a status field"

const shapes: readonly (readonly [name: string, reply: string, rest?: Partial<Case>])[] = [
  [
    'another version',
    replyWith({ token }, { apiVersion: `${v1}beta1` }),
    { fails: `${otherVersion} ${v1}beta1` },
  ],
  [
    'a version that is not known',
    replyWith({ token }, { apiVersion: `${v1}alpha1` }),
    { fails: decoding, loosely: true },
  ],
  [
    'a version of another group',
    replyWith({ token }, { apiVersion: 'v1' }),
    { fails: decoding, loosely: true },
  ],
  ['no version', replyWith({ token }, { apiVersion: undefined }), { fails: otherVersion }],
  ['an empty version', replyWith({ token }, { apiVersion: '' }), { fails: otherVersion }],
  [
    'a version that is a number',
    replyWith({ token }, { apiVersion: 1 }),
    { fails: decoding, loosely: true },
  ],
  ['no kind', replyWith({ token }, { kind: undefined })],
  ['an empty kind', replyWith({ token }, { kind: '' })],
  [
    'another kind',
    replyWith({ token }, { kind: 'Pod' }),
    { fails: `${decoding}no kind "Pod" is registered for version "${v1}"`, loosely: true },
  ],
  ['no status', replyWith(undefined), { fails: noStatus }],
  ['a status that is null', replyWith(null), { fails: noStatus }],
  ['a status that is a text', replyWith('ok'), { fails: decoding, loosely: true }],
  ['a status that is a list', replyWith([]), { fails: decoding, loosely: true }],
  [
    'a token that is null',
    replyWith({ token: null }),
    { fails: "getting credentials: exec plugin didn't return a token or cert/key pair" },
  ],
  ['a token that is a number', replyWith({ token: 5 }), { fails: decoding, loosely: true }],
  [
    'a token in another case',
    replyWith({ Token: token }),
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
  ['fields that nobody knows', replyWith({ token, more: 1 }, { extra: [] })],
  [
    'a spec that comes back',
    replyWith({ token }, { spec: { interactive: true, cluster: { server: 'x' } } }),
  ],
  ['metadata', replyWith({ token }, { metadata: { name: 'x' } })],
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
    replyWith({ token: `${token}\n` }),
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

/** Replies that are right, nearly right and wrong. */
export const replyCases: readonly Case[] = [
  ...shapes.map(([name, text, rest = {}]) => ({
    name: `a reply with ${name}`,
    reply: text,
    ...rest,
  })),
  ...timestamps(),
]
