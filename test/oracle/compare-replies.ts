import { createHash } from 'node:crypto'

import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import { createCredential } from '../../src/credential/credential.ts'
import { KubecredError, messageOf } from '../../src/errors/kubecred-error.ts'
import { readReply } from '../../src/exec/read-reply.ts'
import { inBase64, type Answer, type Oracle } from './ask.ts'
import type { ReplyCase } from './replies.ts'

/** What came of a case: a value, or the class of an error. */
export interface Outcome {
  readonly value?: unknown
  readonly error?: string
}

/** What client-go makes of a reply. */
export async function theirReply(
  oracle: Oracle,
  { stdout, apiVersion }: ReplyCase,
): Promise<Outcome> {
  return outcomeOf(await oracle.ask({ reply: { stdout: inBase64(stdout), apiVersion } }))
}

function outcomeOf({ value, error, panic }: Answer): Outcome {
  if (panic !== undefined) throw new Error(`client-go panics: ${panic}`)
  return error === undefined ? { value } : { error: classOf(error) }
}

/** What Kubecred makes of a reply. */
export function ourReply({ stdout, apiVersion }: ReplyCase): Outcome {
  try {
    const { token, pair, expiresAt } = readReply(stdout, apiVersion)
    const certificate =
      pair === undefined ? undefined : readPair(pair.certificatePem, pair.privateKeyPem)
    const { authorization } = createCredential({ token, certificate })
    return {
      value: {
        authorization:
          authorization === undefined ? '' : sha256(Buffer.from(authorization.reveal(), 'latin1')),
        chain: certificate?.fingerprint ?? '',
        expiry: expiresAt ?? null,
      },
    }
  } catch (error) {
    if (!(error instanceof KubecredError)) throw error
    return { error: classOf(error.message) }
  }
}

function readPair(
  certificatePem: string,
  privateKeyPem: string,
): ReturnType<typeof readClientCertificate> {
  try {
    return readClientCertificate(certificatePem, privateKeyPem)
  } catch (error) {
    const message = `failed parsing client key/certificate: ${messageOf(error)}`
    throw new KubecredError('ERR_EXEC_REPLY', message)
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

const classes: readonly (readonly [RegExp, string])[] = [
  [/^decoding stdout: no kind/u, 'no kind'],
  [/^decoding stdout: couldn't get version\/kind/u, 'version/kind'],
  [/^decoding stdout: unexpected GroupVersion/u, 'GroupVersion'],
  [/^decoding stdout: parsing time/u, 'time'],
  [/^decoding stdout: (?:yaml:|unsupported map key|json: unsupported value)/u, 'yaml'],
  [/^decoding stdout: json: cannot unmarshal/u, 'shape'],
  [/^decoding stdout: /u, 'decoding'],
  [/^exec plugin is configured to use API version/u, 'version'],
  [/^exec plugin didn't return a status/u, 'status'],
  [/^exec plugin didn't return a token/u, 'empty'],
  [/^exec plugin returned only/u, 'half a pair'],
  [/^failed parsing client key\/certificate/u, 'pair'],
  [/^net\/http: invalid header field value/u, 'header'],
]

/** The class of an error, by its leading words. */
export function classOf(text: string): string {
  const message = text.replace(/^getting credentials: /u, '')
  return classes.find(([words]) => words.test(message))?.[1] ?? `unknown: ${message}`
}
