import type { Clock } from '../credential/clock.ts'
import type { ProxyExchange } from './exchange.ts'
import type { OwnAnswer } from './proxied-request.ts'

/** What all exchanges of a proxy share. */
export interface ExchangeSettings {
  readonly clock: Clock
  /** How often an upgraded connection that is quiet is probed, milliseconds. */
  readonly keepAliveMs: number
  /** Longest time until an answer begins, milliseconds; 0 for no limit. */
  readonly answerTimeoutMs: number
  /** What to answer when the request did not get through. */
  readonly failed: (error: Error) => OwnAnswer
  /** Called once, when nothing of it is open any more. */
  readonly closed: (exchange: ProxyExchange) => void
}
