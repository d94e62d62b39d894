import type { Dispatcher } from 'undici'

import { GetExchange, type ExchangeConnection } from './get-exchange.ts'

/** A request over HTTP/1.1, which is one text. */
export class WrittenGet extends GetExchange {
  /** What goes out. */
  readonly text: string

  constructor(text: string, handler: Dispatcher.DispatchHandler, connection: ExchangeConnection) {
    super(handler, connection)
    this.text = text
  }
}
