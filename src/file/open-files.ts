import { resolve } from 'node:path'

import type { ClientCertificate } from '../credential/client-certificate.ts'
import { readCertificatePair, type CertificateFiles } from './read-certificate-pair.ts'
import { readPlainFile } from './read-plain-file.ts'
import { readToken } from './read-token.ts'
import { openRotatingFile, type RotatingFile, type RotatingFileOptions } from './rotating-file.ts'

/**
 * A bearer token that stands in a file, such as that of a pod's service account, as it is now: without
 * the white space around it, and never empty.
 *
 * The token is a plain text and no `Secret`, to stand where a program has read the file itself.
 *
 * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE` when there is no token in it that can be read.
 * @example
 * ```ts
 * import { openTokenFile } from 'kubecred/file'
 *
 * const token = await openTokenFile('/var/run/secrets/kubernetes.io/serviceaccount/token')
 * const headers = { authorization: `Bearer ${token.current()}` }
 * await token.close()
 * ```
 */
export async function openTokenFile(
  path: string,
  options?: RotatingFileOptions,
): Promise<RotatingFile<string>> {
  const file = absolute(path, 'path')
  return await openRotatingFile(
    {
      files: [file],
      read: (context) => readToken(file, context),
      same: (one, other) => one === other,
    },
    options,
  )
}

/**
 * A certificate and its key, PEM in two files, as they are now. While only one of the two is new, the
 * pair that fitted stays.
 *
 * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE` when one cannot be read; `ERR_CREDENTIAL_INVALID`
 *   when they are no certificate and key, or do not fit each other for half a second.
 * @example
 * ```ts
 * import { createServer } from 'node:https'
 *
 * import { openCertificateFiles } from 'kubecred/file'
 *
 * const pair = await openCertificateFiles({ certificate: '/tls/tls.crt', key: '/tls/tls.key' })
 * const server = createServer()
 * for await (const { certificatePem, privateKeyPem } of pair) {
 *   server.setSecureContext({ cert: certificatePem, key: privateKeyPem.reveal() })
 * }
 * ```
 */
export async function openCertificateFiles(
  { certificate, key }: CertificateFiles,
  options?: RotatingFileOptions,
): Promise<RotatingFile<ClientCertificate>> {
  const files = { certificate: absolute(certificate, 'certificate'), key: absolute(key, 'key') }
  return await openRotatingFile(
    {
      files: [files.certificate, files.key],
      read: (context) => readCertificatePair(files, { ...context, owner: '' }),
      same: (one, other) => one.fingerprint === other.fingerprint,
    },
    options,
  )
}

/**
 * The bytes of any file of at most 1 MiB, as they are now: a bundle of authorities, a configuration. A
 * file that is empty is taken for one that is being written. All who ask get the same array: copy what is
 * to be changed.
 *
 * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE` when it cannot be read, is larger, or is empty.
 * @example
 * ```ts
 * import { Agent } from 'node:https'
 *
 * import { openFile } from 'kubecred/file'
 *
 * const bundle = await openFile('/etc/ssl/cluster/ca.crt')
 * const agent = new Agent({ ca: Buffer.from(bundle.current()) })
 * ```
 */
export async function openFile(
  path: string,
  options?: RotatingFileOptions,
): Promise<RotatingFile<Uint8Array>> {
  const file = absolute(path, 'path')
  return await openRotatingFile(
    {
      files: [file],
      read: () => readPlainFile(file),
      same: (one, other) => Buffer.compare(one, other) === 0,
    },
    options,
  )
}

/** The path from the folder of now: the process may change it later. */
function absolute(path: string, name: string): string {
  if (typeof path === 'string' && path !== '') return resolve(path)
  throw new TypeError(`"${name}" must be the path of a file`)
}
