import { readdirSync, readFileSync } from 'node:fs'

import fc from 'fast-check'

import { HpackEncoder } from '../../src/hpack/encoder.ts'
import { steps } from '../hpack/lists.ts'
import { kubeconfigCase } from '../oracle/kubeconfigs.ts'
import { mutated, mutation } from '../oracle/mutations.ts'
import { pairs } from '../oracle/pairs.ts'
import { replyCase } from '../oracle/replies.ts'
import { http2Input } from './http2-input.ts'
import { secretValue } from './verdict.ts'

const [ec] = pairs
const tools = new URL('../kubeconfig/tools/', import.meta.url)

/** Kubeconfigs of tools, with the secret in the place of theirs. */
const kubeconfigs = readdirSync(tools).map((name) =>
  readFileSync(new URL(name, tools), 'utf8')
    .replaceAll('${CA}', Buffer.from(ec?.certificate ?? '').toString('base64'))
    .replaceAll('${CERTIFICATE}', Buffer.from(ec?.certificate ?? '').toString('base64'))
    .replaceAll('${KEY}', Buffer.from(ec?.key ?? '').toString('base64'))
    .replaceAll(/made-up|aaaa\.bbbb\.cccc/gu, secretValue),
)

const head = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential' }
const statuses = [
  { token: secretValue },
  { token: secretValue, expirationTimestamp: '2030-01-01T00:00:00Z' },
  { clientCertificateData: ec?.certificate, clientKeyData: `${ec?.key}${secretValue}` },
]
const replies = statuses.flatMap((status) => [
  JSON.stringify({ ...head, status }),
  JSON.stringify({ ...head, status }, null, 2),
  `apiVersion: ${head.apiVersion}\nkind: ${head.kind}\nstatus: ${JSON.stringify(status)}\n`,
])

const timestamps = [
  '2030-01-02T03:04:05Z',
  '2030-01-02T03:04:05.678901234+05:30',
  '0001-01-01T00:00:00Z',
]
const headers = [`Bearer ${secretValue}`, 'Basic YTpi', 'é\u{1f600}', 'a\r\nX: y']
const outputs = [
  `error: token ${secretValue} was refused\nsee https://h/?token=${secretValue}\n`,
  `-----BEGIN PRIVATE KEY-----\n${secretValue}\n-----END PRIVATE KEY-----\n`,
  `\u001b[31mAuthorization: Bearer ${secretValue}\u001b[0m\n${'a'.repeat(5000)}`,
]

/** One of the texts, with any number of changes; sometimes bytes out of nowhere. */
function changed(texts: readonly string[]): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(fc.constantFrom(...texts), fc.array(mutation, { maxLength: 8 }))
        .map(([text, changes]) => mutated(Buffer.from(text), changes)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  )
}

/** Blocks of headers, each after a byte that tells its length, with any number of changes. */
const blocks = fc.tuple(steps, fc.array(mutation, { maxLength: 8 })).map(([sent, changes]) => {
  const encoder = new HpackEncoder()
  const pieces = sent.map(({ sizes, list }) => {
    for (const size of sizes) encoder.setMaxTableSize(size)
    const block = encoder.encode(list)
    return Buffer.concat([Buffer.of(Math.min(block.length, 255)), block])
  })
  return mutated(Buffer.concat(pieces), changes)
})

/** Inputs of each target, by its name. */
export const inputs: Readonly<Record<string, fc.Arbitrary<Uint8Array>>> = {
  kubeconfig: fc.oneof(
    { weight: 2, arbitrary: changed(kubeconfigs) },
    { weight: 1, arbitrary: kubeconfigCase.map(({ files }) => files[0] ?? new Uint8Array()) },
  ),
  reply: fc.oneof(
    { weight: 2, arbitrary: changed(replies) },
    { weight: 1, arbitrary: replyCase.map(({ stdout }) => stdout) },
  ),
  pair: changed(pairs.map(({ certificate, key }) => `${certificate}${key}${secretValue}`)),
  header: changed(headers),
  timestamp: changed(timestamps),
  stderr: changed(outputs),
  hpack: fc.oneof(
    { weight: 9, arbitrary: blocks },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  ),
  http2: fc.oneof(
    { weight: 9, arbitrary: http2Input },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  ),
}
