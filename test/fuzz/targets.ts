import { posix } from 'node:path'

import { parseRfc3339 } from '../../src/api/rfc3339.ts'
import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import { createCredential } from '../../src/credential/credential.ts'
import { headerValue } from '../../src/credential/header-value.ts'
import { readReply } from '../../src/exec/read-reply.ts'
import { scrub } from '../../src/exec/scrub.ts'
import { HpackDecoder } from '../../src/hpack/decoder.ts'
import { HpackError } from '../../src/hpack/error.ts'
import { mergeKubeconfigs } from '../../src/kubeconfig/merge.ts'
import { parseKubeconfig } from '../../src/kubeconfig/parse.ts'
import { resolvePaths } from '../../src/kubeconfig/resolve-paths.ts'
import { selectConnection } from '../../src/kubeconfig/select.ts'
import { sizeOf, tableContents } from '../hpack/table-contents.ts'
import { takeHttp2 } from './http2-target.ts'
import { secretValue, showsSecret, type Finding } from './verdict.ts'

/** Something of Kubecred that takes bytes from outside. */
export interface Target {
  readonly name: string
  /** Takes them; a `KubecredError` is as good an answer as any. */
  readonly take: (bytes: Uint8Array) => Finding | undefined
}

const v1 = 'client.authentication.k8s.io/v1'

function takeKubeconfig(bytes: Uint8Array): undefined {
  const entries = resolvePaths(parseKubeconfig(bytes, '/kube/config'), '/kube/config', posix)
  const merged = { ...mergeKubeconfigs([entries, entries]), files: [], missing: [] }
  for (const context of [undefined, ...merged.contexts.keys()].slice(0, 5)) {
    selectConnection(merged, { context })
  }
}

function takeReply(bytes: Uint8Array): undefined {
  const { token, pair, expiresAt } = readReply(bytes, v1)
  const certificate = pair && readClientCertificate(pair.certificatePem, pair.privateKeyPem)
  createCredential({ token, certificate, expiresAt })
}

function takePair(bytes: Uint8Array): undefined {
  const text = Buffer.from(bytes).toString()
  readClientCertificate(text, text)
}

function takeHeader(bytes: Uint8Array): Finding | undefined {
  const text = Buffer.from(bytes).toString()
  const value = headerValue(text, 'Authorization')
  // What a server would take for the end of the header, or of the line.
  if (!/[\r\n\0]/u.test(value)) return undefined
  return { kind: 'wrong', what: 'a header value could end the header' }
}

function takeTimestamp(bytes: Uint8Array): Finding | undefined {
  const time = parseRfc3339(Buffer.from(bytes).toString())
  if (time === undefined || Number.isInteger(time)) return undefined
  return { kind: 'wrong', what: `a time is ${time}` }
}

function takeStderr(bytes: Uint8Array): Finding | undefined {
  const text = Buffer.from(bytes).toString()
  const shown = scrub(text, { stdout: `{"token":"${secretValue}"}`, values: [secretValue] })
  // Of a secret that is torn apart, the parts are for nobody to know.
  if (!text.includes(secretValue) || !showsSecret(shown.slice(0, 10_000))) return undefined
  const rest = text.replaceAll(secretValue, '')
  return showsSecret(rest) ? undefined : { kind: 'secret', what: 'a secret is left' }
}

/** Blocks of one connection, before each of which its length stands in a byte. */
function takeHpack(bytes: Uint8Array): Finding | undefined {
  const limits = { maxTableSize: 4096, maxListSize: 10_000 }
  const decoder = new HpackDecoder(limits)
  try {
    for (let at = 0; at < bytes.length;) {
      const start = at + 1
      at = start + (bytes[at] ?? 0)
      const list = decoder.decode(bytes.subarray(start, at))
      if (sizeOf(list) > limits.maxListSize) return { kind: 'wrong', what: 'a list is too long' }
    }
  } catch (error) {
    if (error instanceof HpackError) return undefined
    throw error
  }
  if (sizeOf(tableContents(decoder)) <= limits.maxTableSize) return undefined
  return { kind: 'wrong', what: 'the table is too large' }
}

/** All of them. */
export const targets: readonly Target[] = [
  { name: 'kubeconfig', take: takeKubeconfig },
  { name: 'reply', take: takeReply },
  { name: 'pair', take: takePair },
  { name: 'header', take: takeHeader },
  { name: 'timestamp', take: takeTimestamp },
  { name: 'stderr', take: takeStderr },
  { name: 'hpack', take: takeHpack },
  { name: 'http2', take: takeHttp2 },
]
