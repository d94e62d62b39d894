import { setTimeout as sleep } from 'node:timers/promises'

import { head, RawClient, type Ending } from './raw-client.ts'
import type { Responder, StubbornServer } from './stubborn-server.ts'

/** What a scene plays with: a client that has asked for an upgrade, and the server's hands on it. */
interface Stage {
  readonly client: RawClient
  readonly respond: Responder
}

/** Takes an upgrade as far as it is to go, cuts it, and waits until the client's side is closed. */
type Scene = (stage: Stage) => Promise<void>

/** How a server goes. */
type ServerEnding = 'end' | 'reset'

const whileAsking =
  (ending: Ending): Scene =>
  async ({ client }) => {
    await client.leave(ending)
  }

const whileAskingByServer =
  (ending: ServerEnding): Scene =>
  async ({ client, respond }) => {
    respond.dropConnection(ending)
    await client.until(() => client.text.includes(' 502 '))
    await client.leave('close')
  }

const whileRefused =
  (ending: Ending): Scene =>
  async ({ client, respond }) => {
    respond.begin({ statusCode: 403 }).write('because ')
    await client.until(() => client.text.includes('because'))
    await client.leave(ending)
  }

const whileOpen =
  (ending: Ending): Scene =>
  async ({ client, respond }) => {
    const socket = respond.switchProtocols()
    socket.pipe(socket)
    client.send('there and back')
    await client.until(() => client.text.endsWith('there and back'))
    await client.leave(ending)
  }

const whileOpenByServer =
  (ending: ServerEnding): Scene =>
  async ({ client, respond }) => {
    const socket = respond.switchProtocols()
    socket.resume().write('hello')
    await client.until(() => client.text.endsWith('hello'))
    const closed = client.closed()
    respond.dropConnection(ending)
    await closed
  }

/** Both sides say more than anybody takes. */
async function fillBothWays({ client, respond }: Stage): Promise<void> {
  const socket = respond.switchProtocols()
  await client.until(() => client.text.includes(' 101 '))
  client.socket.pause()
  socket.write(muchMore)
  client.send(muchMore)
  // Until everything between them is full.
  await sleep(200)
}

const whileUnread =
  (ending: Ending): Scene =>
  async (stage) => {
    await fillBothWays(stage)
    await stage.client.leave(ending)
  }

const whileUnreadByServer =
  (ending: ServerEnding): Scene =>
  async (stage) => {
    await fillBothWays(stage)
    const { client, respond } = stage
    const closed = client.closed()
    respond.dropConnection(ending)
    client.socket.resume()
    await closed
  }

/** More than the proxy keeps of what comes before it knows the answer. */
const tooEarly: Scene = async ({ client }) => {
  const closed = client.closed()
  client.send(muchMore)
  await closed
}

// Far more than the buffers of four sockets hold.
const muchMore = Buffer.alloc(16_000_000, 'm')

/** Where an upgrade stands when it is cut, and by whom. */
const scenes: Readonly<Record<string, Scene>> = {
  'asked for, closed by the client': whileAsking('close'),
  'asked for, half closed by the client': whileAsking('half-close'),
  'asked for, reset by the client': whileAsking('reset'),
  'asked for, ended by the server': whileAskingByServer('end'),
  'asked for, reset by the server': whileAskingByServer('reset'),
  'asked for, with too much said in advance': tooEarly,
  'half refused, closed by the client': whileRefused('close'),
  'half refused, half closed by the client': whileRefused('half-close'),
  'half refused, reset by the client': whileRefused('reset'),
  'open, closed by the client': whileOpen('close'),
  'open, half closed by the client': whileOpen('half-close'),
  'open, reset by the client': whileOpen('reset'),
  'open, ended by the server': whileOpenByServer('end'),
  'open, reset by the server': whileOpenByServer('reset'),
  'unread both ways, closed by the client': whileUnread('close'),
  'unread both ways, reset by the client': whileUnread('reset'),
  'unread both ways, ended by the server': whileUnreadByServer('end'),
  'unread both ways, reset by the server': whileUnreadByServer('reset'),
}

const names = Object.keys(scenes)

/** Asks for one upgrade, and cuts it half-way. */
export async function cutOneUpgrade(
  port: number,
  server: StubbornServer,
  number: number,
): Promise<void> {
  const name = names[number % names.length] ?? ''
  const path = `/silent/${number}`
  const client = new RawClient(port)
  const arrived = server.request(path)
  client.send(head('GET', path, ['Connection: Upgrade', 'Upgrade: anything']))
  try {
    await scenes[name]?.({ client, respond: await arrived })
  } catch (error) {
    throw new Error(`an upgrade that is ${name}`, { cause: error })
  } finally {
    client.socket.destroy()
  }
}
