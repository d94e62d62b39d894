import { difference } from '../../differences.ts'
import type { Case } from '../case.ts'
import { replyWith, tokenOf } from '../stage.ts'

const token = tokenOf('ann')
const decoding = 'getting credentials: decoding stdout: '
const v1 = 'client.authentication.k8s.io/v1'
const otherVersion = `getting credentials: exec plugin is configured to use API version ${v1}, plugin returned version`

function around(name: string, change: (reply: string) => string, rest: Partial<Case> = {}): Case {
  return { name, reply: () => change(replyWith({ token })), ...rest }
}

/** What a plugin prints: nothing, noise, a reply with something around it. */
export const outputCases: readonly Case[] = [
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
  around('a line before the reply', (text) => `warning: old\n${text}`, {
    fails: decoding,
    loosely: true,
  }),
  around('a line after the reply', (text) => `${text}\nbye\n`, {
    fails: decoding,
    loosely: true,
  }),
  around('the reply twice', (text) => `${text}\n${text}`, { fails: decoding, loosely: true }),
  around('white space around the reply', (text) => `\n\t ${text}\r\n\n `),
  around('a byte order mark before the reply', (text) => `\uFEFF${text}`),
  around('a comment before the reply', (text) => `# hello\n${text}`),
  around('a document mark before the reply', (text) => `---\n${text}`),
  around('another document after the reply', (text) => `---\n${text}\n---\nother: 1\n`),
  around('a comma at the end', (text) => text.replace(/\}$/u, ',}'), {
    fails: decoding,
    loosely: true,
  }),
  {
    name: 'a reply of more than a mebibyte',
    reply: () => replyWith({ token, padding: 'x'.repeat(1_100_000) }),
    differs: {
      because: difference('bounded-run'),
      in: ['requests', 'exitCode', 'stdout', 'error'],
      ours: { exitCode: 1, requests: [] },
    },
  },
  {
    name: 'a large reply',
    reply: () => replyWith({ token, padding: 'x'.repeat(900_000) }),
  },
]
