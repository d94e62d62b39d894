import { readdirSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import { queryObjects } from 'node:v8'

import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import { systemClock, type Clock } from '../../src/credential/clock.ts'
import { createCredential, type Credential } from '../../src/credential/credential.ts'
import type { CredentialProvider } from '../../src/credential/provider.ts'
import { Generation } from '../../src/transport/generation.ts'
import type { ServerTarget } from '../../src/transport/server.ts'
import { sourceOf, stacks, text, type TestCluster } from './stacks.ts'

// A program, see rotations.slow.ts: rotates again and again with requests, watches and upgrades in
// between, and tells what it holds after a part of it and after all of it, as two lines of JSON.

/** What the program is told, as JSON in its first argument. */
export interface RotationsTask {
  readonly stack: string
  readonly server: ServerTarget
  readonly pairs: readonly { readonly certificatePem: string; readonly privateKeyPem: string }[]
  readonly warmUp: number
  readonly rotations: number
}

/** What the process holds, after a collection of garbage. */
export interface Holdings {
  readonly generations: number
  readonly sockets: number
  readonly timers: number
  readonly descriptors: number
  readonly resources: Readonly<Record<string, number>>
  readonly listeners: number
  readonly heapBytes: number
}

/** The machine's time, with a count of the timers that wait. */
function countedTime(): { readonly clock: Clock; readonly waiting: () => number } {
  let waiting = 0
  const after: Clock['after'] = (ms, then) => {
    let isWaiting = true
    const over = (): void => {
      if (isWaiting) waiting--
      isWaiting = false
    }
    waiting++
    const timer = systemClock.after(ms, () => {
      over()
      then()
    })
    return {
      ...timer,
      cancel: () => {
        over()
        timer.cancel()
      },
    }
  }
  return { clock: { ...systemClock, after }, waiting: () => waiting }
}

const namespaces = '/api/v1/namespaces'
// A watch or an upgrade stays open for so many rotations.
const longLife = 7

class Rotations {
  readonly #time = countedTime()
  readonly #cluster: TestCluster
  #ends: { readonly at: number; readonly end: () => Promise<void> }[] = []
  #done = 0

  constructor(task: RotationsTask) {
    const { server, pairs } = task
    const credentials = pairs.map(({ certificatePem, privateKeyPem }) =>
      createCredential({ certificate: readClientCertificate(certificatePem, privateKeyPem) }),
    )
    const { clock } = this.#time
    const source = sourceOf(inTurn(credentials), { clock })
    const stack = stacks.find(({ name }) => name.includes(task.stack))
    if (stack === undefined) throw new Error(`no stack ${task.stack}`)
    this.#cluster = stack.open({ server, source, options: { clock } })
  }

  async play(rotations: number): Promise<void> {
    const until = this.#done + rotations
    while (this.#done < until) await this.#rotate(this.#done++)
    for (const { end } of this.#ends.splice(0)) await end()
  }

  async holdings(): Promise<Holdings> {
    // What is finalised by the first collection lets go of more.
    for (let round = 0; round < 4; round++) {
      globalThis.gc?.()
      await setImmediate()
    }
    const resources: Record<string, number> = {}
    for (const name of process.getActiveResourcesInfo())
      resources[name] = (resources[name] ?? 0) + 1
    return {
      generations: queryObjects(Generation, { format: 'count' }),
      sockets: queryObjects(TLSSocket, { format: 'count' }),
      timers: this.#time.waiting(),
      descriptors: readdirSync('/proc/self/fd').length,
      resources,
      listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
      heapBytes: process.memoryUsage().heapUsed,
    }
  }

  async close(): Promise<void> {
    await this.#cluster.close()
  }

  async #rotate(number: number): Promise<void> {
    await this.#cluster.source.renew()
    const old = number % 3 === 0 ? this.#get(namespaces) : undefined
    await Promise.all([this.#get(namespaces), this.#get('/version'), old])
    if (number % 5 === 0) await this.#post(number)
    if (number % 10 === 0) await this.#openWatch(number)
    if (number % 10 === 5) await this.#openUpgrade(number)
    const due = this.#ends.filter(({ at }) => at <= number)
    this.#ends = this.#ends.filter(({ at }) => at > number)
    for (const { end } of due) await end()
  }

  async #get(path: string): Promise<void> {
    const { statusCode, body } = await this.#cluster.send(path)
    await text(body)
    if (statusCode !== 200) throw new Error(`${path}: ${statusCode}`)
  }

  async #post(number: number): Promise<void> {
    const { statusCode, body } = await this.#cluster.send('/echo', {
      method: 'POST',
      body: 'x'.repeat(10 * number),
    })
    await text(body)
    if (statusCode !== 200) throw new Error(`/echo: ${statusCode}`)
  }

  async #openWatch(number: number): Promise<void> {
    const { body } = await this.#cluster.send(`${namespaces}?watch=true`)
    body.on('error', () => undefined).resume()
    this.#ends.push({
      at: number + longLife,
      end: async () => {
        const closed = new Promise((resolve) => body.once('close', resolve))
        body.destroy()
        await closed
      },
    })
  }

  async #openUpgrade(number: number): Promise<void> {
    const { dispatcher } = this.#cluster
    if (dispatcher === undefined) return
    const { socket } = await dispatcher.upgrade({ path: '/upgrade-echo', protocol: 'echo' })
    socket.on('error', () => undefined)
    this.#ends.push({
      at: number + longLife,
      end: async () => {
        const closed = new Promise((resolve) => socket.once('close', resolve))
        socket.destroy()
        await closed
      },
    })
  }
}

/** Gives the credentials one after the other, over and over, and remembers nothing. */
function inTurn(credentials: readonly Credential[]): CredentialProvider {
  let next = 0
  return {
    name: 'certificates in turn',
    runsAhead: true,
    provide: () => {
      const credential = credentials[next++ % credentials.length]
      return credential === undefined
        ? Promise.reject(new Error('no certificates'))
        : Promise.resolve(credential)
    },
  }
}

const task = JSON.parse(process.argv[2] ?? '') as RotationsTask
const rotations = new Rotations(task)
await rotations.play(task.warmUp)
process.stdout.write(`${JSON.stringify(await rotations.holdings())}\n`)
await rotations.play(task.rotations)
process.stdout.write(`${JSON.stringify(await rotations.holdings())}\n`)
await rotations.close()
process.stdout.write(`${JSON.stringify(await rotations.holdings())}\n`)
