import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'

import type { Operation } from './cast.ts'
import type { SoakClient, SoakResponse } from './clients/client.ts'
import { Refusal } from './clients/proxied-client.ts'
import type { Dice } from './dice.ts'
import { proxyTrouble, RequestTrouble } from './trouble.ts'
import { checksum, contentOf } from './upload-ledger.ts'

/** One request that is to be done and judged. */
export interface Errand {
  readonly client: SoakClient
  readonly dice: Dice
  readonly signal: AbortSignal
  /** When it was begun, for the server to know. */
  readonly startedAt: number
  /** Called when the head of a good answer is there. */
  readonly answered: () => void
}

/** What there is to do; each throws when it does not go as it should. */
export const errands: Readonly<Record<Operation, (errand: Errand) => Promise<void>>> = {
  echo,
  upload: (errand) => upload(errand, false),
  stream: (errand) => upload(errand, true),
  download,
  watch,
  upgrade,
}

async function echo(errand: Errand): Promise<void> {
  const { client, signal } = errand
  const path = '/soak/echo'
  const response = await client.send({ method: 'GET', path, headers: headersOf(errand), signal })
  const text = (await readGood(response, errand)).toString()
  if (!text.startsWith('{"user":"soak-')) throw wrong(`an echo was ${JSON.stringify(text)}`)
}

async function upload(errand: Errand, streams: boolean): Promise<void> {
  const { client, dice, signal } = errand
  const bytes = randomBytes(dice.pick([0, 1, 1000, 20_000, 300_000]))
  const key = randomUUID()
  const headers = {
    ...headersOf(errand),
    'content-type': 'application/octet-stream',
    'x-soak-key': key,
    'x-soak-sha256': checksum(bytes),
  }
  const body = streams ? Readable.from(inPieces(bytes)) : bytes
  const response = await client.send({
    method: 'POST',
    path: '/soak/upload',
    headers,
    body,
    signal,
  })
  const text = (await readGood(response, errand)).toString()
  if (text !== `{"bytes":${bytes.length}}\n`) throw wrong(`an upload was answered with ${text}`)
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  const step = Math.max(Math.ceil(bytes.length / 4), 1)
  for (let at = 0; at < bytes.length; at += step) {
    yield bytes.subarray(at, at + step)
    await pause(2)
  }
}

async function download(errand: Errand): Promise<void> {
  const { client, dice, signal } = errand
  const name = randomUUID()
  const bytes = dice.pick([1, 4096, 200_000, 1_000_000])
  const sized = dice.oneIn(2) ? '&sized' : ''
  const path = `/soak/download?name=${name}&bytes=${bytes}&pauseMs=${dice.pick([1, 10, 60])}${sized}`
  const response = await client.send({ method: 'GET', path, headers: headersOf(errand), signal })
  const got = await readGood(response, errand)
  if (!got.equals(contentOf(name, bytes))) {
    throw wrong(`a download of ${bytes} bytes ended well after ${got.length}, or with others`)
  }
}

async function watch(errand: Errand): Promise<void> {
  const { client, dice, signal } = errand
  const events = dice.pick([1, 10, 40])
  const path = `/soak/events?watch=true&events=${events}&pauseMs=${dice.pick([5, 40])}`
  const response = await client.send({ method: 'GET', path, headers: headersOf(errand), signal })
  const text = (await readGood(response, errand)).toString()
  // It may end early; but never within a line.
  if (!text.endsWith('\n') && text !== '') throw wrong(`a watch ended with ${text.slice(-40)}`)
  const numbers = [...text.matchAll(/"number":(\d+)/gu)].map(([, number]) => Number(number))
  if (numbers.some((number, index) => number !== index)) throw wrong('a watch lost events')
}

async function upgrade(errand: Errand): Promise<void> {
  const { client, dice, signal } = errand
  const socket = await client
    .upgrade('/upgrade-echo', headersOf(errand), signal)
    .catch((error: unknown) => {
      throw refusalOf(error)
    })
  errand.answered()
  // An abort is for the request, which is over.
  const cut = (): void => void socket.destroy()
  signal.addEventListener('abort', cut, { once: true })
  try {
    const bytes = randomBytes(dice.pick([1, 5000, 100_000]))
    const echoed = collectExactly(socket, bytes.length)
    socket.write(bytes)
    const got = await echoed
    if (!got.equals(bytes)) throw wrong(`an echo of ${bytes.length} bytes had ${got.length}`)
  } finally {
    signal.removeEventListener('abort', cut)
    if (!socket.destroyed) {
      const closed = once(socket, 'close').catch(() => undefined)
      socket.destroy()
      await closed
    }
  }
}

async function collectExactly(socket: NodeJS.ReadWriteStream, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  return await new Promise((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length >= bytes) resolve(Buffer.concat(chunks))
    })
    const cut = (): void => {
      reject(new RequestTrouble('cut', `an upgraded connection ended after ${length} bytes`))
    }
    socket.once('error', reject)
    // The other side may end alone.
    socket.once('end', cut)
    socket.once('close', cut)
  })
}

function headersOf({ client, startedAt }: Errand): Record<string, string> {
  return { 'x-soak-client': client.name, 'x-soak-started': String(startedAt) }
}

async function readGood(response: SoakResponse, { client, answered }: Errand): Promise<Buffer> {
  const isGood = response.status === 200
  if (isGood) answered()
  const chunks: Uint8Array[] = []
  for await (const chunk of response.body) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  if (isGood) return body
  throw statusTrouble(client, response.status, body.toString())
}

function statusTrouble(client: SoakClient, status: number, body: string): RequestTrouble {
  const isProxied = client.name === 'proxy' || client.name === 'followed-proxy'
  const trouble = isProxied ? proxyTrouble(status, body) : (`status ${status}` as const)
  return new RequestTrouble(trouble, `${status}: ${body.slice(0, 300)}`)
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error
  return new RequestTrouble(proxyTrouble(error.status, error.body), error.message)
}

function wrong(what: string): RequestTrouble {
  return new RequestTrouble('wrong', what)
}
