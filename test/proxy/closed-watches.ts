import type { FakeApiServer } from '../../src/doors/testing.ts'
import type { Rounds } from './at-most.ts'
import { RawClient } from './raw-client.ts'

// A wave of watches is opened, gets an event, and is closed by one and the same.
const waveLength = 64

/** Opens watches, wave after wave, and has them closed by their clients or by the server. */
export async function openAndCloseWatches(
  port: number,
  api: FakeApiServer,
  { count }: Rounds,
): Promise<void> {
  for (let wave = 0; wave * waveLength < count; wave++) {
    const left = count - wave * waveLength
    const clients = Array.from({ length: Math.min(waveLength, left) }, () => new RawClient(port))
    try {
      await openWatches(clients, api)
      await ends[wave % ends.length]?.(clients, api)
    } finally {
      for (const { socket } of clients) socket.destroy()
    }
  }
}

async function openWatches(clients: readonly RawClient[], api: FakeApiServer): Promise<void> {
  await all(clients, async (client) => {
    client.get('/api/v1/namespaces?watch=true')
    await client.until(() => client.text.includes('"ADDED"'))
  })
  api.emit({ type: 'MODIFIED', object: { metadata: { name: 'default' } } })
  await all(clients, (client) => client.until(() => client.text.includes('"MODIFIED"')))
}

/** Ends watches that are open, all at once, and waits until their clients know. */
type End = (clients: readonly RawClient[], api: FakeApiServer) => Promise<void>

const ends: readonly End[] = [
  (clients) => all(clients, (client) => client.leave('close')),
  (clients) => all(clients, (client) => client.leave('half-close')),
  (clients) => all(clients, (client) => client.leave('reset')),
  async (clients, api) => {
    api.endWatches()
    await all(clients, (client) => client.until(() => client.text.endsWith('\r\n0\r\n\r\n')))
    await all(clients, (client) => client.leave('close'))
  },
  async (clients, api) => {
    const closed = all(clients, (client) => client.closed())
    await api.closeConnections()
    await closed
  },
]

async function all<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  await Promise.all(items.map(task))
}
