import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { until } from '../testing/until.ts'
import { upgrade } from './upgraded.ts'
import { kubecredProxy, proxiedWay, type Way } from './ways.ts'

const mebibyte = 2 ** 20

let way: Way
beforeEach(async () => {
  way = await proxiedWay(kubecredProxy())
})
afterEach(async () => {
  await until(() => way.server.openConnections === 0)
  const before = performance.now()
  await way.close()
  // Whatever is left open has ten seconds.
  if (performance.now() - before > 5000) throw new Error('the proxy has kept something open')
})

describe.each(['SPDY/3.1', 'websocket'])('a connection upgraded to %s', (protocol) => {
  test('carries many bytes each way at once, unchanged', async () => {
    const { client, server } = await upgrade(way, protocol)
    const [up, down] = [randomBytes(10 * mebibyte), randomBytes(10 * mebibyte)]
    client.write(up)
    server.write(down)
    const heard = await Promise.all([read(server, up.length), read(client, down.length)])
    expect(heard.map((bytes, index) => bytes.equals([up, down][index] ?? up))).toEqual([true, true])
    client.destroy()
    server.destroy()
  })

  test('ends each side when it has said everything', async () => {
    const { client, server } = await upgrade(way, protocol)
    const [up, down] = [randomBytes(mebibyte), randomBytes(mebibyte)]
    client.end(up)
    server.end(down)
    const [atServer, atClient] = await Promise.all([everything(server), everything(client)])
    expect([atServer.equals(up), atClient.equals(down)]).toEqual([true, true])
  })

  test('carries what is said when it is said', async () => {
    const { client, server } = await upgrade(way, protocol, 'first')
    expect(await next(client)).toBe('first')
    for (const said of ['one', 'two', 'three']) {
      client.write(said)
      expect(await next(server)).toBe(said)
      server.write(`${said} heard`)
      expect(await next(client)).toBe(`${said} heard`)
    }
    client.end()
    server.end()
    expect([String(await everything(client)), String(await everything(server))]).toEqual(['', ''])
  })

  test('goes on to a client that has ended its own side', async () => {
    const { client, server } = await upgrade(way, protocol)
    client.end('that is all')
    expect(String(await everything(server))).toBe('that is all')
    const down = randomBytes(10 * mebibyte)
    server.write(down)
    server.end('and that')
    const heard = await everything(client)
    expect(heard.equals(Buffer.concat([down, Buffer.from('and that')]))).toBe(true)
  })

  test('goes on to a server that has ended its own side', async () => {
    const { client, server } = await upgrade(way, protocol)
    server.end('that is all')
    expect(String(await everything(client))).toBe('that is all')
    const up = randomBytes(10 * mebibyte)
    client.write(up)
    client.end('and that')
    const heard = await everything(server)
    expect(heard.equals(Buffer.concat([up, Buffer.from('and that')]))).toBe(true)
  })
})

describe('a connection that was upgraded', () => {
  const ends = [
    ['client', 'server'],
    ['server', 'client'],
  ] as const

  describe.each(ends)('breaks for both when it breaks for the %s', (broken, other) => {
    test('while nothing is said', async () => {
      const upgraded = await upgrade(way, 'SPDY/3.1')
      const ended = expectEnd(upgraded[other])
      upgraded.reset[broken]()
      await ended
    })

    test('while the other says much', async () => {
      const upgraded = await upgrade(way, 'SPDY/3.1')
      const closed = expectClosed(upgraded[other])
      pour(upgraded[other])
      await once(upgraded[broken], 'readable')
      upgraded.reset[broken]()
      await closed
    })

    test('while it says much itself', async () => {
      const upgraded = await upgrade(way, 'SPDY/3.1')
      const ended = expectEnd(upgraded[other])
      pour(upgraded[broken])
      await once(upgraded[other], 'data')
      upgraded.reset[broken]()
      await ended
    })

    test('while the other does not read', async () => {
      const upgraded = await upgrade(way, 'SPDY/3.1')
      await standstill(pour(upgraded[broken]))
      upgraded.reset[broken]()
      await expectEnd(upgraded[other])
    })
  })

  test.each(ends)('carries no more to the %s than it reads', async (reader, writer) => {
    const upgraded = await upgrade(way, 'SPDY/3.1')
    const poured = pour(upgraded[writer])
    const stood = await standstill(poured)
    // What systems keep for a socket may grow to some megabytes, and there are four on the way.
    expect(stood).toBeLessThan(64 * mebibyte)
    upgraded[reader].resume()
    await until(() => poured.bytes > 2 * stood)
    const closed = expectClosed(upgraded[writer])
    upgraded.reset[reader]()
    await closed
  })
})

/** The next that is said. */
async function next(from: Duplex): Promise<string> {
  from.resume()
  const [chunk]: unknown[] = await once(from, 'data')
  from.pause()
  return String(chunk)
}

/** What is said until there is no more; an iterator would leave with that, and end its own side. */
function everything(from: Duplex): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const done = (): void => resolve(Buffer.concat(chunks))
    from.on('data', (chunk: Buffer) => chunks.push(chunk))
    from.once('end', done).once('close', done).resume()
  })
}

/** So many bytes. */
async function read(from: Duplex, length: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let missing = length
  for await (const chunk of from.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk)
    missing -= chunk.length
    if (missing <= 0) break
  }
  return Buffer.concat(chunks)
}

/** Waits until nothing comes any more, in good order or not, and leaves. */
async function expectEnd(end: Duplex): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    end.once('end', resolve).once('close', resolve)
  })
  end.resume()
  await ended
  end.destroy()
}

function expectClosed(end: Duplex): Promise<void> {
  return new Promise((resolve) => {
    end.once('close', resolve)
  })
}

interface Poured {
  bytes: number
}

/** Writes for ever, as fast as it is taken. */
function pour(into: Duplex): Poured {
  const poured = { bytes: 0 }
  const chunk = randomBytes(65_536)
  const more = (): void => {
    if (into.destroyed) return
    do poured.bytes += chunk.length
    while (into.write(chunk))
  }
  into.on('drain', more)
  more()
  return poured
}

/** The bytes after which it goes no further. */
async function standstill(poured: Poured): Promise<number> {
  let before = -1
  await until(async () => {
    const stands = poured.bytes === before
    before = poured.bytes
    await new Promise((resolve) => setTimeout(resolve, 200))
    return stands
  })
  return poured.bytes
}
