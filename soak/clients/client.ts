import type { Duplex, Readable } from 'node:stream'

import type { ClientName } from '../cast.ts'

/** A request of a client. */
export interface SoakRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | Readable
  readonly signal: AbortSignal
}

/** The answer to it. */
export interface SoakResponse {
  readonly status: number
  readonly body: AsyncIterable<Uint8Array>
}

/** One of the clients whose requests are watched. */
export interface SoakClient {
  readonly name: ClientName
  /** Whether it can switch protocols. */
  readonly upgrades: boolean
  send(request: SoakRequest): Promise<SoakResponse>
  upgrade(path: string, headers: SoakRequest['headers'], signal: AbortSignal): Promise<Duplex>
  close(): Promise<void>
}
