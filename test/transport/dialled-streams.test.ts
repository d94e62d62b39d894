import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { PassThrough } from 'node:stream'
import { inspect } from 'node:util'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import type { Dial } from '../../src/transport/dial.ts'
import { ScriptedProvider, sourceOf, stacks, type TestCluster } from './stacks.ts'

const authority = createCertificateAuthority()

/** A server that accepts connections, and keeps them. */
let listener: net.Server
let port: number
const sockets = new Set<net.Socket>()

beforeEach(async () => {
  listener = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on('error', () => undefined))
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  // It listens on a port.
  port = (listener.address() as AddressInfo).port
})

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  await new Promise((resolve) => listener.close(resolve))
})

/** @param ended Whether the other side says at once that it has no more to say. */
async function dialled(ended = false): Promise<net.Socket> {
  const accepted = once(listener, 'connection')
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  sockets.add(socket.on('error', () => undefined))
  await once(socket, 'connect')
  // The event's only argument.
  const [other] = (await accepted) as [net.Socket]
  if (ended) {
    other.end()
    await once(socket.resume(), 'end')
  }
  return socket
}

const coded = (code: string): Error => Object.assign(new Error('it broke'), { code })

const failureOf = (cluster: TestCluster): Promise<unknown> =>
  cluster.send('/api', { retries: false }).catch((error: unknown) => error)

describe.each(stacks)('$name', ({ open }) => {
  function connectTo(scheme: string, dial: Dial): TestCluster {
    const server = {
      // Where nobody would answer.
      url: `${scheme}://127.0.0.1:1`,
      certificateAuthorityPem: scheme === 'https' ? authority.certificatePem : undefined,
      tlsServerName: '',
      insecureSkipTlsVerify: false,
    }
    const provider = new ScriptedProvider(() => createCredential({ token: 'x' }))
    return open({ server, source: sourceOf(provider), options: { connect: dial } })
  }

  describe.each(['https', 'http'])('to a server of %s', (scheme) => {
    const connect = (dial: Dial): TestCluster => connectTo(scheme, dial)

    // Codes by which undici knows what it need not tell of.
    test.each(['UND_ERR_SOCKET', 'UND_ERR_INFO', 'ERR_TLS_CERT_ALTNAME_INVALID', 'ECONNREFUSED'])(
      'dials once for a request when the connect function fails with %s, and tells why',
      async (code) => {
        const cause = coded(code)
        let dials = 0
        await using cluster = connect(() => {
          dials++
          return Promise.reject(cause)
        })
        const failure = await failureOf(cluster)
        const chain = failure instanceof Error ? [failure, failure.cause] : []
        expect(chain).toContain(cause)
        expect(dials).toBe(1)
      },
    )

    test.each<[string, (socket: net.Socket) => void]>([
      ['destroyed', (socket) => socket.destroy()],
      ['ended by its other side', () => undefined],
      ['not writable any more', (socket) => socket.end()],
    ])('fails at once when the stream is %s', async (how, spoil) => {
      await using cluster = connect(async () => {
        const socket = await dialled(how.startsWith('ended'))
        spoil(socket)
        return socket
      })
      const failure = await failureOf(cluster)
      expect(failure).toMatchObject({
        code: 'ERR_CONNECTION',
        message: 'Unable to connect to the server: the stream to 127.0.0.1:1 is closed already',
      })
    })

    test.each([[undefined], [null], [{}], ['text']])(
      'refuses %s where the connect function has to give a stream',
      async (given) => {
        // What a program without types may do.
        await using cluster = connect((() => Promise.resolve(given)) as unknown as Dial)
        const failure = await failureOf(cluster)
        expect(failure).toBeInstanceOf(TypeError)
        expect(String(failure)).toContain('"connect" must give a Duplex stream, not ')
      },
    )
  })

  test('tells once of a stream that breaks within the TLS handshake, whatever its error', async () => {
    const cause = coded('UND_ERR_SOCKET')
    let dials = 0
    await using cluster = connectTo('https', async () => {
      dials++
      const socket = await dialled()
      setImmediate(() => socket.destroy(cause))
      return socket
    })
    expect(await failureOf(cluster)).toMatchObject({ code: 'ERR_CONNECTION' })
    expect(dials).toBe(1)
  })

  test('tells of a stream that TLS cannot run over', async () => {
    const broken = Object.assign(new PassThrough(), {
      pause: (): never => {
        throw new Error('it cannot wait')
      },
    })
    await using cluster = connectTo('https', () => Promise.resolve(broken))
    expect(inspect(await failureOf(cluster))).toContain('it cannot wait')
    expect(broken.destroyed).toBe(true)
  })
})
