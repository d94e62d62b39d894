import { onceAborted } from './leaving.ts'

/** Aborts `controller` when `signal` is aborted, or was; gives the way to end that. */
export function follow(signal: AbortSignal | undefined, controller: AbortController): () => void {
  if (signal === undefined) return () => undefined
  if (!signal.aborted) return onceAborted(signal, () => controller.abort(signal.reason))
  controller.abort(signal.reason)
  return () => undefined
}
