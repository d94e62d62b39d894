import { KubecredError } from '../errors/kubecred-error.ts'

/** The error of whoever asks a source that was closed. */
export function sourceClosedError(name: string): KubecredError {
  return new KubecredError('ERR_CLOSED', `${name}: the credential source is closed`)
}
