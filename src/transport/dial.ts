import { Socket } from 'node:net'
import { Duplex } from 'node:stream'

import type { Clock } from '../credential/clock.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { probeAfterMs } from './keep-alive.ts'
import { hostAndPort } from './outbound-proxy.ts'

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
 * late is closed. A socket is probed after {@link probeAfterMs} of quiet, like every other connection.
 *
 * @throws {@link KubecredError} `ERR_TIMEOUT`, or `ERR_CONNECTION` for a stream that is closed
 *   already; TypeError for what is no stream; the reason of `closing`; or whatever `dial` throws.
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
    const stream: unknown = await dial({ host, port, signal })
    assertStream(stream)
    if (signal.aborted) stream.destroy()
    else if (isOver(stream)) throw overError(host, port)
    if (stream instanceof Socket) stream.setKeepAlive(true, probeAfterMs)
    return stream
  }
  try {
    return await Promise.race([dialled(), givenUp.promise])
  } finally {
    timer.cancel()
    closing.removeEventListener('abort', onClosing)
  }
}

// Without it a stack would find another way to the server, past the caller's.
function assertStream(given: unknown): asserts given is Duplex {
  if (given instanceof Duplex) return
  const what = given === null ? 'null' : typeof given
  throw new TypeError(`"connect" must give a Duplex stream, not ${what}`)
}

/** Whether nothing can come of it any more, which nobody would be told of again. */
function isOver(stream: Duplex): boolean {
  return stream.destroyed || stream.readableEnded || !stream.writable
}

function overError(host: string, port: number): KubecredError {
  return new KubecredError(
    'ERR_CONNECTION',
    `Unable to connect to the server: the stream to ${hostAndPort(host, port)} is closed already`,
    { hint: 'whatever leads to the server closed it: a proxy, or the connect function' },
  )
}
