import { setTimeout as sleep } from 'node:timers/promises'

import { head, RawClient, type Ending } from './raw-client.ts'
import type { StubbornServer } from './stubborn-server.ts'

/** What a scene plays with. */
interface Stage {
  readonly client: RawClient
  readonly server: StubbornServer
  /** Tells the requests of a run apart. */
  readonly number: number
}

/** Brings a request to the point where it is given up; may give what is to be done after that. */
type Scene = (stage: Stage) => Promise<(() => void) | void>

/** Where a request stands when its client goes. */
export const scenes: Readonly<Record<string, Scene>> = {
  'in the middle of its own head': async ({ client, number }) => {
    client.send(`GET /silent/${number} HTTP/1.1\r\nHost: local`)
    await sleep(number % 3)
  },
  'at any moment': async ({ client, number }) => {
    client.get(`/half/${number}`)
    await sleep(number % 16)
  },
  'before the answer': async ({ client, server, number }) => {
    const path = `/silent/${number}`
    const arrived = server.request(path)
    client.get(path)
    await arrived
  },
  'in a body of known length': async ({ client, number }) => {
    client.get(`/half/${number}`)
    await client.receives(10_000)
  },
  'in a short body that has no end': async ({ client, number }) => {
    client.get(`/short/${number}`)
    await client.receives(500)
  },
  'in a short body that ends later': async ({ client, number }) => {
    client.get(`/late/${number}`)
    await client.receives(500)
  },
  'in a chunked body': async ({ client, number }) => {
    client.get(`/chunked/${number}`)
    await client.receives(10_000)
  },
  'in a body that the proxy decodes': async ({ client, number }) => {
    client.get(`/gzip/${number}`)
    await client.receives(10_000)
  },
  'in a watch': async ({ client }) => {
    client.get('/api/v1/namespaces?watch=true')
    await client.until(() => client.text.includes('"ADDED"'))
  },
  'in an upload of known length': async ({ client, server, number }) => {
    const path = `/upload/${number}`
    const arrived = server.request(path)
    client.send(head('POST', path, ['Content-Length: 100000']))
    client.send(Buffer.alloc(50_000, 'u'))
    await arrived
  },
  'in a chunked upload': async ({ client, server, number }) => {
    const path = `/upload/${number}`
    const arrived = server.request(path)
    client.send(head('POST', path, ['Transfer-Encoding: chunked']))
    client.send(`2710\r\n${'u'.repeat(10_000)}\r\n2710\r\n${'u'.repeat(500)}`)
    await arrived
  },
  'in an upload that waited for leave': async ({ client, number }) => {
    const expect = 'Expect: 100-continue'
    client.send(head('PUT', `/upload/${number}`, [expect, 'Content-Length: 1000']))
    await client.until(() => client.text.includes('100 Continue'))
    client.send('half')
  },
  'in an upload and its answer': async ({ client, number }) => {
    client.send(head('POST', `/chatty/${number}`, ['Content-Length: 100000']))
    client.send(Buffer.alloc(50_000, 'u'))
    await client.receives(1000)
  },
  'in an upload that was answered': async ({ client, number }) => {
    client.send(head('POST', `/early/${number}`, ['Content-Length: 100000']))
    client.send(Buffer.alloc(50_000, 'u'))
    await client.until(() => client.text.endsWith('too much\n'))
  },
  'with a watch in line behind it': async (stage) => {
    await followedBy('/api/v1/namespaces?watch=true', stage)
  },
  'with a static file in line behind it': async (stage) => {
    await followedBy('/static/large', stage)
  },
  'on a connection that was used before': async ({ client, server, number }) => {
    client.get(`/ok/${number}`)
    await client.until(() => client.text.endsWith('well\n'))
    const path = `/silent/${number}`
    const arrived = server.request(path)
    client.get(path)
    await arrived
  },
  'before a static file or in it': async ({ client, number }) => {
    client.get('/static/large')
    await sleep(number % 16)
  },
  'in a static file': async ({ client }) => {
    client.get('/static/large')
    await client.receives(10_000)
  },
}

async function followedBy(next: string, { client, server, number }: Stage): Promise<void> {
  const path = `/silent/${number}`
  const arrived = server.request(path)
  client.send(head('GET', path) + head('GET', next))
  await arrived
}

/** Scenes that move megabytes, and are played less often. */
export const heavyScenes: Readonly<Record<string, Scene>> = {
  'in a body that it does not read': async ({ client, number }) => {
    client.get(`/endless/${number}`)
    await client.receives(1)
    client.socket.pause()
    await sleep(50)
  },
  // The proxy reads no further than the server does, and so does not hear of the end of its client.
  // With the server's that is over.
  'in an upload that the server does not read': async ({ client, server, number }) => {
    const path = `/silent/${number}`
    const arrived = server.request(path)
    client.send(head('POST', path, ['Content-Length: 100000000']))
    client.send(Buffer.alloc(10_000_000))
    const respond = await arrived
    await sleep(50)
    return () => respond.dropConnection('reset')
  },
}

// A heavy scene comes once while each of the others comes so many times.
const lightTimes = 6
const names = [
  ...Array.from({ length: lightTimes }, () => Object.keys(scenes)).flat(),
  ...Object.keys(heavyScenes),
]

/** Sends one request of the mix, and gives it up. */
export async function abortOne(
  port: number,
  server: StubbornServer,
  number: number,
): Promise<void> {
  const name = names[number % names.length] ?? ''
  const ending = endingOf(number, name)
  const client = new RawClient(port)
  try {
    const then = await (scenes[name] ?? heavyScenes[name])?.({ client, server, number })
    const left = client.leave(ending)
    then?.()
    await left
  } catch (error) {
    throw new Error(`a client that goes ${name}, by ${ending}`, { cause: error })
  } finally {
    client.socket.destroy()
  }
}

/** Each scene gets each ending; one that has more to read than it wants cannot wait for the end. */
function endingOf(number: number, name: string): Ending {
  const endings: readonly Ending[] = name in heavyScenes ? ['close', 'reset'] : lightEndings
  return endings[(number + Math.floor(number / names.length)) % endings.length] ?? 'close'
}

const lightEndings: readonly Ending[] = ['close', 'half-close', 'reset']
