import type { Clock } from '../credential/clock.ts'
import { stat } from '../host/file-system.ts'
import { isCutOff } from './cut-token.ts'
import { fileError, readCredentialFile } from './read-credential-file.ts'

/** What is known before a token file is read again. */
export interface TokenContext {
  /** The token that it held before. */
  readonly last: string | undefined
  readonly clock: Pick<Clock, 'now'>
}

// Whoever writes a file in pieces is done by then; what stands there longer is what was meant.
const writtenWithinMs = 5000

/**
 * Reads a bearer token from a file, without the white space around it.
 *
 * @param context Given, a token that is cut off is no token while the file may still be written.
 * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE`, also for a file without a token in it.
 */
export async function readToken(path: string, context?: TokenContext): Promise<string> {
  const quoted = JSON.stringify(path)
  const token = (await readCredentialFile(path)).toString('utf8').trim()
  if (token === '') throw fileError(path, `read empty token from file ${quoted}`)
  if (!/^[\x20-\x7e]+$/u.test(token)) {
    // It would not pass as a header, and the error of the HTTP library might quote it.
    throw fileError(path, `token file ${quoted} holds more than one line, or is not text`)
  }
  const last = context?.last
  if (last !== undefined && isCutOff(token, last) && (await isNew(path, context))) {
    throw fileError(path, `token file ${quoted} is being written: its token is cut off`)
  }
  return token
}

async function isNew(path: string, context: TokenContext | undefined): Promise<boolean> {
  const { mtimeMs } = await stat(path)
  return context !== undefined && Math.abs(context.clock.now() - mtimeMs) < writtenWithinMs
}
