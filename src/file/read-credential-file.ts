import { KubecredError } from '../errors/kubecred-error.ts'
import { readBounded } from '../host/read-bounded.ts'
import { unreadableFile, unreadableFileHint } from '../host/system-words.ts'

const largestFile = 1024 * 1024

/**
 * The bytes of a file that holds a credential, or of another of its kind: of at most 1 MiB.
 *
 * @param subject What the messages begin with, before the reason. Default: nothing.
 * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE`.
 */
export async function readCredentialFile(path: string, subject = ''): Promise<Buffer> {
  const bytes = await readBounded(path, largestFile).catch((cause: unknown) => {
    throw fileError(path, `${subject}${unreadableFile(path, cause)}`, cause)
  })
  if (bytes !== undefined) return bytes
  throw fileError(path, `${subject}read ${path}: it is larger than 1 MiB`)
}

/** The error of a file that cannot be read; the hint follows from what the system said. */
export function fileError(file: string, message: string, cause?: unknown): KubecredError {
  return new KubecredError('ERR_CREDENTIAL_FILE', message, {
    ...(cause === undefined ? {} : { cause }),
    hint: unreadableFileHint(
      cause,
      'check what the file is, and what writes it',
      'check the path; in a kubeconfig it is taken from the folder of the kubeconfig',
    ),
    details: { file },
  })
}
