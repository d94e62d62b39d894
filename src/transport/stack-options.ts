import { atLeastZero } from '../errors/number-option.ts'
import { checkFunction } from '../errors/given-option.ts'
import { systemClock, type Clock } from '../credential/clock.ts'
import type { Dial } from './dial.ts'

/** Settings that every HTTP stack has. */
export interface StackOptions {
  /**
   * Opens the byte stream under each connection: a tunnel, a socket. It comes before `proxy-url` and
   * the proxies of the environment. Default: those, else TCP.
   */
  readonly connect?: Dial | undefined
  /**
   * Longest time until a connection stands, TLS included, which has 10 s of it. Default: 30 000 ms.
   */
  readonly connectTimeoutMs?: number | undefined
  /** Most bytes of a streamed body that are kept for sending it again. Default: 1 MiB. */
  readonly replayBufferBytes?: number | undefined
  /** Most bytes that are kept of all such bodies together. Default: 64 MiB. */
  readonly replayTotalBytes?: number | undefined
  /**
   * How long responses go on after their TLS identity was replaced: another client certificate, or
   * another certificate authority. Then watches in JSON end at the end of a line, as if complete, and
   * all else fails with `ERR_DRAINED`. 0 for at once, as in client-go. Default: 3 600 000 ms.
   */
  readonly drainMs?: number | undefined
  /** Default: the machine's time. */
  readonly clock?: Clock | undefined
}

/** {@link StackOptions} with nothing left out. */
export interface StackSettings {
  readonly connect: Dial | undefined
  readonly connectTimeoutMs: number
  readonly replayBufferBytes: number
  readonly replayTotalBytes: number
  readonly drainMs: number
  readonly clock: Clock
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError for a number that cannot be one.
 */
export function readStackOptions(options: StackOptions): StackSettings {
  const numbers = {
    connectTimeoutMs: options.connectTimeoutMs ?? 30_000,
    replayBufferBytes: options.replayBufferBytes ?? 2 ** 20,
    replayTotalBytes: options.replayTotalBytes ?? 64 * 2 ** 20,
    drainMs: options.drainMs ?? 3_600_000,
  }
  for (const [name, value] of Object.entries(numbers)) atLeastZero(name, value)
  if (options.connect !== undefined) checkFunction('connect', options.connect)
  return { ...numbers, connect: options.connect, clock: options.clock ?? systemClock }
}
