import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

// Below those that systems give to outgoing connections: one of these could take a port again before the
// server that it was chosen for listens there, or while that is started anew.
const lowest = 20_000
const highest = 32_000
const mostTries = 100

/** Ports of the loopback address that nobody listens on. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Map<number, Server>()
  for (let tries = 0; found.size < count; tries++) {
    if (tries === mostTries)
      throw new Error(`no ${count} ports from ${lowest} to ${highest} are free`)
    const port = randomInt(lowest, highest)
    const server = await listenOn(port)
    if (server !== undefined) found.set(port, server)
  }
  await Promise.all([...found.values()].map((server) => new Promise((done) => server.close(done))))
  return [...found.keys()]
}

async function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return server
  } catch {
    return undefined
  }
}
