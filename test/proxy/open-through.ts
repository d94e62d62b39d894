import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Writable } from 'node:stream'

import type { FakeApiServer, LoggedRequest } from '../../src/doors/testing.ts'
import { until } from '../testing/until.ts'
import { upgrade, type Upgraded } from './upgraded.ts'

const piece = 'x'.repeat(10_000)

/** One of each thing that stays open, through a proxy that runs: a watch, a download, an upload, an upgrade. */
export class OpenThrough {
  /** What came of the watch. */
  events = ''
  /** How the watch ended: `whole` as the end of the answer, else what broke it. */
  watchEnded: string | undefined
  readonly #server: FakeApiServer
  readonly #upgraded: Upgraded
  readonly #download: { readonly from: Writable; readonly body: Promise<string> }
  readonly #upload: ClientRequest
  readonly #uploaded: Promise<IncomingMessage>
  readonly #arriving: LoggedRequest | undefined
  #sent = 0
  #namespaces = 0
  #words = 0

  static async open(server: FakeApiServer, port: number): Promise<OpenThrough> {
    const ask = async (path: string): Promise<IncomingMessage> => {
      const asked = request({ host: '127.0.0.1', port, path, agent: false }).end()
      const [response] = (await once(asked, 'response')) as [IncomingMessage]
      return response
    }
    let from: Writable | undefined
    const done = server.intercept((entry, respond) => {
      if (entry.path !== '/download') return false
      from = respond.begin({ statusCode: 200 })
      from.write(piece)
      return true
    })
    const download = await ask('/download')
    done()
    if (from === undefined) throw new Error('the download did not begin')
    const watch = await ask('/api/v1/namespaces?watch=true')
    const upload = request({ host: '127.0.0.1', port, path: '/echo', method: 'POST', agent: false })
    const uploaded = once(upload, 'response').then(([response]) => response as IncomingMessage)
    uploaded.catch(() => undefined)
    upload.write(piece)
    const isUpload = ({ path, headers }: LoggedRequest): boolean =>
      path === '/echo' && headers['transfer-encoding'] !== undefined
    await until(() => server.requests.some(isUpload))
    const arriving = server.requests.find(isUpload)
    const address = `http://127.0.0.1:${port}`
    const upgraded = await upgrade({ server, address }, 'echo')
    upgraded.server.pipe(upgraded.server)
    const body = text(download)
    // Who expects it to break asks for it later.
    body.catch(() => undefined)
    return new OpenThrough(server, {
      watch,
      upgraded,
      upload,
      uploaded,
      arriving,
      download: { from, body },
    })
  }

  private constructor(
    server: FakeApiServer,
    parts: {
      readonly watch: IncomingMessage
      readonly upgraded: Upgraded
      readonly upload: ClientRequest
      readonly uploaded: Promise<IncomingMessage>
      readonly arriving: LoggedRequest | undefined
      readonly download: { readonly from: Writable; readonly body: Promise<string> }
    },
  ) {
    this.#server = server
    this.#upgraded = parts.upgraded
    this.#upload = parts.upload
    this.#uploaded = parts.uploaded
    this.#arriving = parts.arriving
    this.#download = parts.download
    parts.watch.setEncoding('utf8').on('data', (chunk: string) => (this.events += chunk))
    parts.watch.once('end', () => (this.watchEnded = 'whole'))
    parts.watch.once('error', (error) => (this.watchEnded = error.message))
  }

  /** Sends more of the download and of the upload. */
  goOn(): void {
    this.#sent++
    this.#download.from.write(piece)
    this.#upload.write(piece)
  }

  /** Says something through the upgraded connection, and waits until it is heard. */
  async upgradeGoesOn(): Promise<void> {
    const said = `still here ${++this.#words}`
    const heard = once(this.#upgraded.client, 'data')
    this.#upgraded.client.resume().write(said)
    const [chunk] = (await heard) as [Buffer]
    if (chunk.toString() !== said) throw new Error(`the upgrade said ${chunk.toString()}`)
  }

  /** Makes a namespace, and waits until the watch tells of it. */
  async watchGoesOn(): Promise<void> {
    const name = `made-${++this.#namespaces}`
    this.#server.createNamespace(name)
    await until(() => this.events.includes(`"${name}"`) || this.watchEnded !== undefined)
    if (this.watchEnded !== undefined) throw new Error(`the watch ended: ${this.watchEnded}`)
  }

  /** Bytes that arrived of the download, and whether the upload arrived as it was sent. */
  async finish(): Promise<{ readonly downloaded: number; readonly uploadArrived: boolean }> {
    this.#download.from.end()
    this.#upload.end()
    const [download, response] = await Promise.all([this.#download.body, this.#uploaded])
    await text(response)
    const whole = createHash('sha256')
      .update(piece.repeat(this.#sent + 1))
      .digest('hex')
    return { downloaded: download.length, uploadArrived: this.#arriving?.bodySha256 === whole }
  }

  /** Who the server took the proxy for when the upload began. */
  get user(): string | undefined {
    return this.#arriving?.user
  }

  /** Bytes that were sent of the download. */
  get sent(): number {
    return (this.#sent + 1) * piece.length
  }

  /** How the download ended that was cut. */
  async downloadCut(): Promise<string> {
    return await this.#download.body.then(
      () => 'whole',
      (error: unknown) => String(error),
    )
  }

  close(): void {
    this.#upgraded.client.destroy()
    this.#upload.destroy()
  }
}
