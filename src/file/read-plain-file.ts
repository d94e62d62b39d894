import { readBounded } from '../host/read-bounded.ts'
import { unreadableFile } from '../host/system-words.ts'
import { fileError } from './read-pem.ts'

const largestFile = 1024 * 1024

/**
 * The bytes of a file that is not empty, and of at most 1 MiB.
 *
 * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE`.
 */
export async function readPlainFile(path: string): Promise<Uint8Array> {
  const bytes = await readBounded(path, largestFile).catch((cause: unknown) => {
    throw fileError(path, unreadableFile(path, cause), cause)
  })
  if (bytes === undefined) throw fileError(path, `failed to read ${path}: it is larger than 1 MiB`)
  if (bytes.length === 0) throw fileError(path, `failed to read ${path}: it is empty`)
  return bytes
}
