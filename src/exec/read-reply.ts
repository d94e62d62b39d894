import { clientAuthenticationGroup, type ExecApiVersion } from '../api/exec-config.ts'
import { execCredentialKind } from '../api/exec-credential.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../api/json.ts'
import { parseRfc3339, zeroTime } from '../api/rfc3339.ts'
import { replyError } from './exec-error.ts'
import { parseReply } from './parse-reply.ts'
import { kindOf, shapeFault } from './reply-shape.ts'

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
export async function readReply(stdout: Uint8Array, configured: ExecApiVersion): Promise<Reply> {
  const reply = await parseReply(stdout)
  const version = versionOf(reply, configured)
  // Without a version client-go reads a type that has none of these fields.
  if (version === internalVersion) throw versionError(configured, version, stdout.length === 0)
  const fault = shapeFault(reply, lastPart(version))
  if (fault !== undefined) throw replyError(`decoding stdout: ${fault}`, checkFields)
  const { status } = reply
  // Go reads the time together with the rest, before it looks at the version.
  const expiresAt = isJsonObject(status) ? readExpiry(status['expirationTimestamp']) : undefined
  if (version !== configured) throw versionError(configured, version, false)
  if (!isJsonObject(status)) {
    throw replyError(
      "exec plugin didn't return a status field",
      `${checkFields}; "status" is missing`,
    )
  }
  return { ...readStatus(status), expiresAt }
}

const internalVersion = `${clientAuthenticationGroup}/__internal`
const checkFields = 'the plugin is broken or its output format is another: look for an update of it'

/** Group and version that the reply claims, with client-go's defaults and refusals. */
function versionOf(reply: JsonObject, configured: ExecApiVersion): string {
  const apiVersion = readAnyCase(reply, 'apiVersion')
  const kind = readAnyCase(reply, 'kind') || execCredentialKind
  const parts = apiVersion.split('/')
  if (parts.length > 2) {
    throw replyError(
      `decoding stdout: unexpected GroupVersion string: ${shown(apiVersion)}`,
      checkFields,
    )
  }
  const hasVersion = !['', '/', `${clientAuthenticationGroup}/`].includes(apiVersion)
  if (hasVersion ? isKnown(kind, apiVersion, configured) : kind === execCredentialKind) {
    return hasVersion ? apiVersion : internalVersion
  }
  const place = hasVersion
    ? `version ${quoted(apiVersion)}`
    : `the internal version of group "${clientAuthenticationGroup}"`
  throw replyError(
    `decoding stdout: no kind ${quoted(kind)} is registered for ${place}`,
    `the plugin must print an ${execCredentialKind} of ${configured}`,
  )
}

function isKnown(kind: string, apiVersion: string, configured: ExecApiVersion): boolean {
  // Today's client-go has forgotten v1alpha1; the one that knew it is imitated where it is asked for.
  const versions = ['v1', 'v1beta1', ...(configured.endsWith('/v1alpha1') ? ['v1alpha1'] : [])]
  const known = versions.map((version) => `${clientAuthenticationGroup}/${version}`)
  return kind === execCredentialKind && known.includes(apiVersion)
}

// For these two Go uses another reader, which does not look at the case of a name.
function readAnyCase(reply: JsonObject, name: string): string {
  let last = ''
  for (const [key, value] of Object.entries(reply)) {
    if (!new RegExp(`^${name}$`, 'iu').test(key) || value === null) continue
    if (typeof value !== 'string') {
      const words = `json: cannot unmarshal ${kindOf(value)} into Go struct field .${name} of type string`
      throw replyError(
        `decoding stdout: couldn't get version/kind; json parse error: ${words}`,
        checkFields,
      )
    }
    last = value
  }
  return last
}

function readExpiry(value: JsonValue | undefined): number | undefined {
  if (typeof value !== 'string') return undefined
  const time = parseRfc3339(value)
  if (time === undefined) {
    throw replyError(
      `decoding stdout: parsing time of ${value.length} characters as "2006-01-02T15:04:05Z07:00"`,
      'expirationTimestamp must be RFC 3339 with a zone, such as 2026-01-02T15:04:05Z',
    )
  }
  return time === zeroTime ? undefined : time
}

function readStatus(status: JsonObject): Omit<Reply, 'expiresAt'> {
  const [token, certificatePem, privateKeyPem] = [
    textOf(status['token']),
    textOf(status['clientCertificateData']),
    textOf(status['clientKeyData']),
  ]
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
  return { token, pair: certificatePem === '' ? undefined : { certificatePem, privateKeyPem } }
}

function versionError(configured: string, returned: string, isEmpty: boolean): unknown {
  const message = `exec plugin is configured to use API version ${configured}, plugin returned version ${returned}`
  const hint =
    returned === internalVersion
      ? `the plugin printed ${isEmpty ? 'nothing' : 'no apiVersion'}; it must print an ${execCredentialKind} of ${configured}`
      : `set "apiVersion" of the exec entry to ${returned}, or update the plugin`
  return replyError(message, hint)
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function lastPart(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1)
}

// What a plugin claims to be is worth showing, as long as it cannot be anything else.
function shown(text: string): string {
  return /^[A-Za-z0-9./-]{1,80}$/u.test(text) ? text : `(${text.length} characters)`
}

function quoted(text: string): string {
  const safe = shown(text)
  return safe === text ? `"${text}"` : safe
}
