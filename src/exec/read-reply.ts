import { clientAuthenticationGroup, type ExecApiVersion } from '../api/exec-config.ts'
import { execCredentialKind } from '../api/exec-credential.ts'
import { membersOf, stringOf, wholeValue } from '../api/json-text.ts'
import { replyError } from './exec-error.ts'
import { parseReply } from './parse-reply.ts'
import { decodeReply, ReplyFault, type ReplyStatus } from './reply-shape.ts'

/** What a plugin gave: a token, a certificate with its key, or both. */
export interface Reply {
  /** '' when it gave none. */
  readonly token: string
  readonly pair: { readonly certificatePem: string; readonly privateKeyPem: string } | undefined
  /** Milliseconds since the epoch; undefined when the credential has no end. */
  readonly expiresAt: number | undefined
}

/**
 * Reads what a plugin printed, with the tolerance of client-go and no more.
 *
 * @throws {@link KubecredError} `ERR_EXEC_REPLY`, in client-go's words and without its quotes.
 */
export function readReply(stdout: Uint8Array, configured: ExecApiVersion): Reply {
  const text = parseReply(stdout)
  const version = versionOf(text, configured)
  // Go decodes all of it before it looks whether this is the version that was asked for.
  const status = decoded(text, version)
  if (version !== configured) throw versionError(configured, version, stdout.length === 0)
  if (status === undefined) {
    throw replyError(
      "exec plugin didn't return a status field",
      `${checkFields}; "status" is missing`,
    )
  }
  return readStatus(status)
}

const internalVersion = `${clientAuthenticationGroup}/__internal`
const checkTime = 'expirationTimestamp must be RFC 3339 with a zone, such as 2026-01-02T15:04:05Z'
const checkFields = 'the plugin is broken or its output format is another: look for an update of it'

function decoded(text: string, version: string): ReplyStatus | undefined {
  const whole = wholeValue(text)
  try {
    return decodeReply(text, whole, version.slice(version.indexOf('/') + 1))
  } catch (error) {
    if (!(error instanceof ReplyFault)) throw error
    const isTime = error.message.startsWith('parsing time')
    throw replyError(`decoding stdout: ${error.message}`, isTime ? checkTime : checkFields)
  }
}

/** Group and version that the reply claims, with client-go's defaults and refusals. */
function versionOf(text: string, configured: ExecApiVersion): string {
  const apiVersion = readAnyCase(text, 'apiVersion')
  const kind = readAnyCase(text, 'kind') || execCredentialKind
  const [group, version, ...rest] = apiVersion.split('/')
  if (rest.length > 0 && apiVersion !== '/') {
    throw replyError(
      `decoding stdout: unexpected GroupVersion string: ${shown(apiVersion)}`,
      checkFields,
    )
  }
  const isMissing = ['', '/', `${clientAuthenticationGroup}/`].includes(apiVersion)
  if (!isMissing && version === '') {
    throw replyError(
      `decoding stdout: Object 'apiVersion' is missing: it is ${quoted(`${group}/`)}`,
      checkFields,
    )
  }
  const claimed = isMissing ? internalVersion : apiVersion
  if (kind === execCredentialKind && isKnown(claimed, configured)) return claimed
  const place =
    claimed === internalVersion
      ? `the internal version of group "${clientAuthenticationGroup}"`
      : `version ${quoted(apiVersion)}`
  throw replyError(
    `decoding stdout: no kind ${quoted(kind)} is registered for ${place}`,
    `the plugin must print an ${execCredentialKind} of ${configured}`,
  )
}

function isKnown(apiVersion: string, configured: ExecApiVersion): boolean {
  // Today's client-go has forgotten v1alpha1; the one that knew it is imitated where it is asked for.
  const versions = ['v1', 'v1beta1', ...(configured.endsWith('/v1alpha1') ? ['v1alpha1'] : [])]
  const known = versions.map((version) => `${clientAuthenticationGroup}/${version}`)
  return apiVersion === internalVersion || known.includes(apiVersion)
}

// For these two Go uses another reader, which does not look at the case of a name.
function readAnyCase(text: string, name: string): string {
  const whole = wholeValue(text)
  if (whole.kind === 'null') return ''
  let last = ''
  for (const { name: key, value } of membersOf(text, whole)) {
    if (!new RegExp(`^${name}$`, 'iu').test(key) || value.kind === 'null') continue
    if (value.kind !== 'string') {
      const words = `json: cannot unmarshal ${value.kind} into Go struct field .${name} of type string`
      throw replyError(
        `decoding stdout: couldn't get version/kind; json parse error: ${words}`,
        checkFields,
      )
    }
    last = stringOf(text, value)
  }
  return last
}

function readStatus(status: ReplyStatus): Reply {
  const { token, expiresAt } = status
  const { clientCertificateData: certificatePem, clientKeyData: privateKeyPem } = status
  if (token === '' && certificatePem === '' && privateKeyPem === '') {
    throw replyError(
      "exec plugin didn't return a token or cert/key pair",
      'run it by hand: "status" needs "token", or "clientCertificateData" with "clientKeyData"',
    )
  }
  if ((certificatePem === '') !== (privateKeyPem === '')) {
    throw replyError(
      'exec plugin returned only certificate or key, not both',
      '"clientCertificateData" and "clientKeyData" go together',
    )
  }
  const pair = certificatePem === '' ? undefined : { certificatePem, privateKeyPem }
  return { token, pair, expiresAt }
}

function versionError(configured: string, returned: string, isEmpty: boolean): unknown {
  const message = `exec plugin is configured to use API version ${configured}, plugin returned version ${returned}`
  const hint =
    returned === internalVersion
      ? `the plugin printed ${isEmpty ? 'nothing' : 'no apiVersion'}; it must print an ${execCredentialKind} of ${configured}`
      : `set "apiVersion" of the exec entry to ${returned}, or update the plugin`
  return replyError(message, hint)
}

// What a plugin claims to be is worth showing, as long as it cannot be anything else.
function shown(text: string): string {
  return /^[A-Za-z0-9./-]{1,80}$/u.test(text) ? text : `(${text.length} characters)`
}

function quoted(text: string): string {
  const safe = shown(text)
  return safe === text ? `"${text}"` : safe
}
