import { readBounded } from '../host/read-bounded.ts'
import { unreadableFile } from '../host/system-words.ts'
import { fileError } from './read-pem.ts'

const largestFile = 1024 * 1024

/**
 * Reads a bearer token from a file, without the white space around it.
 *
 * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE`, also for a file without a token in it.
 */
export async function readToken(path: string): Promise<string> {
  const quoted = JSON.stringify(path)
  const bytes = await readBounded(path, largestFile).catch((cause: unknown) => {
    throw fileError(path, unreadableFile(path, cause), cause)
  })
  if (bytes === undefined) {
    throw fileError(path, `failed to read token file ${quoted}: it is larger than 1 MiB`)
  }
  const token = bytes.toString('utf8').trim()
  if (token === '') throw fileError(path, `read empty token from file ${quoted}`)
  if (!/^[\x20-\x7e]+$/u.test(token)) {
    // It would not pass as a header, and the error of the HTTP library might quote it.
    throw fileError(path, `token file ${quoted} holds more than one line, or is not text`)
  }
  return token
}
