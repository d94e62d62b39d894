import { readClientCertificate, type ClientCertificate } from '../credential/client-certificate.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import type { CertificateFiles } from '../file/read-certificate-pair.ts'
import { readPem } from '../file/read-pem.ts'
import type { AuthConfig } from '../kubeconfig/connection-config.ts'

/** A client certificate, as far as a kubeconfig gives one. */
export type ConfiguredCertificate =
  /** Both parts are files, which may be replaced. */
  | { readonly files: CertificateFiles; readonly fixed?: never }
  /** At least one part stands in the kubeconfig, so that the pair cannot change. */
  | { readonly fixed: ClientCertificate | undefined; readonly files?: never }

/**
 * The client certificate of a user.
 *
 * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE`, `ERR_CREDENTIAL_INVALID`.
 */
export async function configuredCertificate(
  { clientCertificate, clientKey }: AuthConfig,
  user: string,
): Promise<ConfiguredCertificate> {
  if (clientCertificate === undefined || clientKey === undefined) return { fixed: undefined }
  if (clientCertificate.kind === 'file' && clientKey.kind === 'file') {
    return { files: { certificate: clientCertificate.path, key: clientKey.path } }
  }
  const certificate =
    clientCertificate.kind === 'file'
      ? await readPem(clientCertificate.path, 'client-cert', user)
      : Buffer.from(clientCertificate.pem)
  const key =
    clientKey.kind === 'file'
      ? (await readPem(clientKey.path, 'client-key', user)).toString('utf8')
      : clientKey.pem.reveal()
  try {
    return { fixed: readClientCertificate(certificate.toString('utf8'), key) }
  } catch (error) {
    throw invalidFor(user, error)
  }
}

function invalidFor(user: string, error: unknown): unknown {
  if (!(error instanceof KubecredError)) return error
  return new KubecredError(error.code, `${error.message} (client certificate of user "${user}")`, {
    cause: error,
    hint: 'client-certificate-data and client-key-data must be a pair, base64 of PEM',
  })
}
