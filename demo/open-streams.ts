import type { Readable } from 'node:stream'

import type { FakeApiServer } from '../src/doors/testing.ts'
import type { UndiciCluster } from '../src/doors/undici.ts'
import { claim } from './scene.ts'

/** Opens a watch of namespaces; its events are there to be read. */
export async function openWatch(cluster: UndiciCluster): Promise<Readable> {
  const { statusCode, body } = await cluster.request('/api/v1/namespaces?watch=true')
  claim(statusCode === 200, `the watch was answered with ${statusCode}`)
  return body
}

/** Reads a watch until it has told of these namespaces, and closes it; false when it ends before. */
export async function tellsOf(watch: Readable, namespaces: readonly string[]): Promise<boolean> {
  let text = ''
  for await (const chunk of watch.setEncoding('utf8')) {
    text += String(chunk)
    if (namespaces.every((name) => text.includes(`"${name}"`))) return true
  }
  return false
}

/** A download that goes on until it is told to finish. */
export interface SlowDownload {
  /** Ends the body, and compares its length with what was read of it. */
  finish(): Promise<{ readonly sent: number; readonly received: number }>
}

const path = '/download'
const chunk = Buffer.alloc(8 * 1024)
const chunkEveryMs = 20

/** Starts a download that the server feeds little by little. */
export async function startDownload(
  cluster: UndiciCluster,
  server: FakeApiServer,
): Promise<SlowDownload> {
  let sent = 0
  const end = Promise.withResolvers<void>()
  const forget = server.intercept((request, respond) => {
    // Without a user it is the server's to refuse.
    if (request.path !== path || request.user === undefined) return false
    const out = respond.begin({ statusCode: 200 })
    const timer = setInterval(() => {
      sent += chunk.length
      out.write(chunk)
    }, chunkEveryMs)
    out.once('close', () => clearInterval(timer))
    void end.promise.then(() => {
      clearInterval(timer)
      out.end()
    })
    return true
  })
  const { statusCode, body } = await cluster.request(path)
  claim(statusCode === 200, `the download was answered with ${statusCode}`)
  const reading = body.arrayBuffer()
  // Whoever finishes the download hears of a failure; until then it must not end the process.
  reading.catch(() => {})
  return {
    finish: async () => {
      end.resolve()
      const received = (await reading).byteLength
      forget()
      return { sent, received }
    },
  }
}
