import { readClientCertificate, type ClientCertificate } from '../credential/client-certificate.ts'
import type { Clock } from '../credential/clock.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { readPem } from './read-pem.ts'

/** Paths of a client certificate and its key. */
export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

/** What {@link readCertificatePair} needs beside the paths. */
export interface PairOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Name of the user, for messages; '' for none. */
  readonly owner: string
}

// Half a second in all: longer than any rotation writes, shorter than anybody minds.
const attempts = 6
const pauseMs = 100

/**
 * Reads a certificate and a key that fit each other. While they do not, they may be in the middle
 * of a rotation, so they are read again a few times.
 *
 * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE` or `ERR_CREDENTIAL_INVALID`.
 */
export async function readCertificatePair(
  files: CertificateFiles,
  options: PairOptions,
): Promise<ClientCertificate> {
  for (let attempt = 1; ; attempt++) {
    const certificate = await readPem(files.certificate, 'client-cert', options.owner)
    const key = await readPem(files.key, 'client-key', options.owner)
    try {
      return readClientCertificate(certificate.toString('utf8'), key.toString('utf8'))
    } catch (error) {
      if (attempt === attempts) throw withPaths(error, files)
      await pause(options)
    }
  }
}

function withPaths(error: unknown, { certificate, key }: CertificateFiles): unknown {
  if (!(error instanceof KubecredError)) return error
  const message = `${error.message} (client-certificate ${certificate}, client-key ${key})`
  return new KubecredError(error.code, message, {
    cause: error,
    hint: 'both files must come from one issue of the certificate, in PEM, the key unencrypted',
    details: { file: certificate },
  })
}

async function pause({ clock, signal }: PairOptions): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = clock.after(pauseMs, resolve)
  timer.hold()
  const onAbort = (): void => {
    timer.cancel()
    reject(signal.reason)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await promise
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
