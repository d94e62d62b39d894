import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A web server of somebody else's: a page for each path. */
export class PageServer {
  readonly #server: Server

  private constructor(pages: Readonly<Record<string, () => string>>) {
    this.#server = createServer((request, response) => {
      const page = pages[new URL(request.url ?? '/', 'http://any.example').pathname]
      // Closed, so that the next request needs another connection, which may lead elsewhere.
      response.setHeader('Connection', 'close')
      if (page === undefined) response.writeHead(404).end()
      else response.writeHead(200, { 'Content-Type': 'text/html' }).end(page())
    })
  }

  static async start(pages: Readonly<Record<string, () => string>>): Promise<PageServer> {
    const server = new PageServer(pages)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port // A port was asked for, so it has one.
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
