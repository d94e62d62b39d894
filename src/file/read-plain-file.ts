import { fileError, readCredentialFile } from './read-credential-file.ts'

/**
 * The bytes of a file that is not empty, and of at most 1 MiB.
 *
 * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE`.
 */
export async function readPlainFile(path: string): Promise<Uint8Array> {
  const bytes = await readCredentialFile(path)
  if (bytes.length === 0) throw fileError(path, `failed to read ${path}: it is empty`)
  return bytes
}
