import type { Duplex } from 'node:stream'

import type { Clock } from '../credential/clock.ts'
import { KubecredError } from '../errors/kubecred-error.ts'

/** Where a byte stream to the server must lead. */
export interface DialTarget {
  readonly host: string
  readonly port: number
  /** Aborted when it takes too long. */
  readonly signal: AbortSignal
}

/**
 * Opens the byte stream under a connection: a tunnel, a socket. TLS runs over it and is Kubecred's,
 * so that certificates rotate whatever carries them.
 */
export type Dial = (target: DialTarget) => Promise<Duplex>

/**
 * Dials, and gives up after a while; a stream that comes too late is closed.
 *
 * @throws {@link KubecredError} `ERR_TIMEOUT`; or whatever `dial` throws.
 */
export async function dialWithin(
  dial: Dial,
  { host, port }: { readonly host: string; readonly port: number },
  timeoutMs: number,
  clock: Clock,
): Promise<Duplex> {
  const controller = new AbortController()
  const { signal } = controller
  const late = Promise.withResolvers<never>()
  const timer = clock.after(timeoutMs, () => {
    const message = `the connect function gave no stream to ${host}:${port} in ${timeoutMs / 1000} s`
    const error = new KubecredError('ERR_TIMEOUT', message)
    late.reject(error)
    controller.abort(error)
  })
  timer.hold()
  const dialled = async (): Promise<Duplex> => {
    const stream = await dial({ host, port, signal })
    if (signal.aborted) stream.destroy()
    return stream
  }
  try {
    return await Promise.race([dialled(), late.promise])
  } finally {
    timer.cancel()
  }
}
