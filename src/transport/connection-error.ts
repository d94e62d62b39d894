import { KubecredError, messageOf, systemCodeOf } from '../errors/kubecred-error.ts'
import { nameMismatch } from './name-mismatch.ts'

/**
 * What went wrong on the way to the server, in kubectl's words where it has any, with a hint.
 * Errors of Kubecred's own, and those of a caller's mistake, come back as they are.
 */
export function connectionError(error: unknown, serverUrl: string): unknown {
  // A request that cannot be sent is its caller's mistake.
  if (error instanceof KubecredError || error instanceof TypeError) return error
  const { host } = new URL(serverUrl)
  const code = systemCodeOf(error) ?? ''
  const known = explanations.find(({ codes }) => codes.includes(code))
  if (known === undefined) return lost(error, `${host}: ${code === '' ? messageOf(error) : code}`)
  return new KubecredError('ERR_CONNECTION', known.message(host, error), {
    cause: error,
    hint: known.hint,
  })
}

/** The error of a request that the server did not answer in time. */
export function timeoutError(serverUrl: string, ms: number, what: string): KubecredError {
  return new KubecredError(
    'ERR_TIMEOUT',
    `Unable to connect to the server: ${new URL(serverUrl).host}: no ${what} within ${ms / 1000} s`,
    { hint: 'the server, or something on the way to it, accepts connections but does not answer' },
  )
}

function lost(cause: unknown, what: string): KubecredError {
  return new KubecredError('ERR_CONNECTION', `Unable to connect to the server: ${what}`, {
    cause,
    hint: 'check the server address, the network and any VPN',
  })
}

interface Explanation {
  readonly codes: readonly string[]
  readonly message: (host: string, error: unknown) => string
  readonly hint: string
}

const unable = 'Unable to connect to the server:'

const explanations: readonly Explanation[] = [
  {
    codes: ['ECONNREFUSED'],
    message: (host) =>
      `The connection to the server ${host} was refused - did you specify the right host or port?`,
    hint: 'nothing listens there: is the cluster up, and the server address right?',
  },
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'],
    message: (host) => `${unable} dial tcp: lookup ${host.replace(/:\d+$/u, '')}: no such host`,
    hint: 'check the server address in the kubeconfig, DNS, and any VPN',
  },
  {
    codes: ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
    message: (host) => `${unable} dial tcp ${host}: no answer`,
    hint: 'check the network, the firewall and any VPN',
  },
  {
    codes: [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'CERT_SIGNATURE_FAILURE',
    ],
    message: () =>
      `${unable} tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    hint: "certificate-authority, or where there is none the authorities of this machine, must hold the one that signed the server's certificate",
  },
  {
    codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    message: () =>
      `${unable} tls: failed to verify certificate: x509: certificate has expired or is not yet valid`,
    hint: "compare this machine's clock with the dates of the server's certificate",
  },
  {
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
    message: (host, error) =>
      `${unable} tls: failed to verify certificate: ${nameMismatch(error, host)}`,
    hint: 'use a name that the certificate holds, or set tls-server-name to one',
  },
  {
    codes: ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO'],
    message: (host) => `${unable} ${host} does not speak TLS as expected`,
    hint: 'does the server address begin with https:// where the server speaks plain HTTP?',
  },
  {
    codes: ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'],
    message: (host) => `${unable} ${host} closed the connection under the request`,
    hint: 'whether the request was carried out is not known; a GET can be sent again',
  },
  {
    codes: ['ERR_HTTP2_STREAM_RESET'],
    message: (host, error) => `${unable} ${host}: ${messageOf(error)}`,
    hint: 'the server was reached, and gave the request up: is it about to end, or has it too much to do?',
  },
  {
    codes: ['ERR_HTTP2_MALFORMED'],
    message: (host, error) => `${unable} ${host}: ${messageOf(error)}`,
    hint: 'the server, or something on the way to it, does not keep to HTTP/2: DISABLE_HTTP2=1 in the environment has it spoken to over HTTP/1.1',
  },
]
