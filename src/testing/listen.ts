import type { Server } from 'node:net'

/** Listens on the loopback address; answers with the port. */
export async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', fail)
      done()
    })
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}
