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

/** Where a connection leads. */
export type DialTo = Pick<DialTarget, 'host' | 'port'>

/** Opens the byte stream under a connection, and gives up by itself. */
export type BoundDial = (to: DialTo, closing: AbortSignal) => Promise<Duplex>

/** When {@link dialWithin} gives up. */
export interface DialLimits {
  readonly timeoutMs: number
  readonly clock: Clock
  /** Aborted when the connections are closed. */
  readonly closing: AbortSignal
  /** What is told when it takes too long, without the time. */
  readonly late: string
}

/**
 * Dials, and gives up after a while, or when nobody needs the stream any more; one that comes too
 * late is closed.
 *
 * @throws {@link KubecredError} `ERR_TIMEOUT`; the reason of `closing`; or whatever `dial` throws.
 */
export async function dialWithin(
  dial: Dial,
  { host, port }: DialTo,
  { timeoutMs, clock, closing, late }: DialLimits,
): Promise<Duplex> {
  const controller = new AbortController()
  const { signal } = controller
  const givenUp = Promise.withResolvers<never>()
  const giveUp = (error: unknown): void => {
    givenUp.reject(error)
    controller.abort(error)
  }
  const timer = clock.after(timeoutMs, () => {
    giveUp(new KubecredError('ERR_TIMEOUT', `${late} in ${timeoutMs / 1000} s`))
  })
  timer.hold()
  const onClosing = (): void => {
    giveUp(closing.reason)
  }
  closing.addEventListener('abort', onClosing, { once: true })
  const dialled = async (): Promise<Duplex> => {
    closing.throwIfAborted()
    const stream = await dial({ host, port, signal })
    if (signal.aborted) stream.destroy()
    return stream
  }
  try {
    return await Promise.race([dialled(), givenUp.promise])
  } finally {
    timer.cancel()
    closing.removeEventListener('abort', onClosing)
  }
}
