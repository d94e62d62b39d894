import { GetClient } from '../http1/get-client.ts'
import { Http2Connection } from '../http2/connection.ts'
import type { GetClients } from '../transport/undici-gets.ts'

/** Clients for most of what a proxy passes on, and for the part that its speed depends on. */
export const leanGets: GetClients = {
  single: (settings) => new GetClient(settings),
  shared: ({ socket, origin, ...settings }, owner) =>
    new Http2Connection(socket, { authority: new URL(origin).host, ...settings }, owner),
}
