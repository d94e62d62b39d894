import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

import { buildConnector } from 'undici'

import type { Clock } from '../credential/clock.ts'
import { asError, KubecredError, systemCodeOf } from '../errors/kubecred-error.ts'
import type { DialTo } from './dial.ts'
import { limitHandshake } from './handshake.ts'
import { probeAfterMs } from './keep-alive.ts'
import { serverNameOf, type TlsSettings } from './tls.ts'

/** What undici's own connector is told. */
export interface ConnectorOptions {
  readonly timeout: number
  readonly allowH2: boolean
  readonly allowHalfOpen: boolean
}

/** How a connection is watched over. */
export interface Watch {
  readonly clock: Clock
  /** Has those that speak HTTP/2 while they are open. */
  readonly http2Sockets: Set<Socket>
}

/**
 * Makes undici's connector for the connections of one identity: with our TLS settings, over the
 * passage to the server, and with client-go's limits.
 *
 * @param dial Opens the byte stream; undefined for TCP.
 */
export function connector(
  tls: TlsSettings,
  how: ConnectorOptions,
  { clock, http2Sockets }: Watch,
  dial: ((to: DialTo) => Promise<Duplex>) | undefined,
): buildConnector.connector {
  // One connector for each pool, so that TLS sessions are resumed within one identity only.
  // undici's types do not say that it gives the socket; the test of the handshake would notice.
  const connect: (...given: Parameters<buildConnector.connector>) => unknown = buildConnector({
    secureContext: tls.secureContext,
    rejectUnauthorized: tls.rejectUnauthorized,
    ...(tls.checkServerIdentity && { checkServerIdentity: tls.checkServerIdentity }),
    keepAliveInitialDelay: probeAfterMs,
    ...how,
  })
  const begin: buildConnector.connector = (target, callback) => {
    const socket = connect(target, (error, connected) => {
      if (error !== null) {
        callback(untaken(error, taken), null)
        return
      }
      if (speaksHttp2(connected)) {
        http2Sockets.add(connected)
        connected.once('close', () => http2Sockets.delete(connected))
      }
      callback(null, connected)
    })
    limitHandshake(socket, clock)
  }
  return (target, callback) => {
    const { hostname, port, protocol } = target
    // Always ours: undici would verify the name that a caller's Host header gives.
    const named = { ...target, servername: tls.servername ?? serverNameOf(hostname) }
    if (dial === undefined) {
      begin(named, callback)
      return
    }
    const to = { host: hostname, port: Number(port === '' ? defaultPort(protocol) : port) }
    dial(to).then(
      (stream) => {
        // undici's types ask for a Socket; what it uses of it any Duplex has.
        const socket = stream as Socket
        if (protocol !== 'https:') {
          callback(null, socket)
          return
        }
        try {
          begin({ ...named, httpSocket: socket }, callback)
        } catch (error) {
          stream.destroy()
          callback(asError(error), null)
        }
      },
      (error: unknown) => {
        callback(untaken(error, takenOfDial), null)
      },
    )
  }
}

// These undici takes for a connection that was lost, after which it connects again, without end.
const taken = ['UND_ERR_SOCKET', 'UND_ERR_INFO']
// After this one it does not find the requests to end where there is no TLS of its own.
const takenOfDial = [...taken, 'ERR_TLS_CERT_ALTNAME_INVALID']

/** Why a connection was not made, as an error that undici ends the waiting requests with. */
function untaken(cause: unknown, codes: readonly string[]): Error {
  const error = asError(cause)
  if (!codes.includes(systemCodeOf(error) ?? '')) return error
  return new KubecredError('ERR_CONNECTION', `Unable to connect to the server: ${error.message}`, {
    cause,
    hint: 'check the server address, the network and any VPN',
  })
}

/** Whether HTTP/2 was agreed on. */
export function speaksHttp2(socket: Socket | null): socket is TLSSocket {
  return socket instanceof TLSSocket && socket.alpnProtocol === 'h2'
}

function defaultPort(protocol: string): number {
  return protocol === 'https:' ? 443 : 80
}
