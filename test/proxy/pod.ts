import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex, Writable } from 'node:stream'

import type { JsonObject } from '../../src/doors/index.ts'
import type { FakeApiServer, Responder } from '../../src/doors/testing.ts'
import { spdyStreams, websocketStreams } from './remote-channels.ts'
import { runForClient, success, type RemoteStreams } from './remote-command.ts'
import { acceptSpdy } from './spdy.ts'
import { acceptKey, openWebSocket } from './websocket.ts'

/** What there is in a pod. */
export interface PodInside {
  /** Where programs run. */
  readonly folder: string
  /** Writes its log, and ends it. */
  readonly log?: (out: Writable) => void
}

/** A pod, seen from the server. */
export interface Pod {
  /** Connections that were upgraded and are open. */
  readonly connections: number
}

/**
 * Puts a pod with the name `pod` on an API server. What is executed in it runs on this machine; its
 * process says back what it hears, and so does each of its ports.
 */
export function addPod(
  server: FakeApiServer,
  { folder, log = (out) => out.end() }: PodInside,
): Pod {
  const open = new Set<Duplex>()
  server.intercept(({ path, user, headers }, respond) => {
    const { pathname, searchParams } = new URL(path, server.url)
    const client = { headers, query: searchParams, accept: accepting(respond, open) }
    // The server has its own words for strangers.
    if (user === undefined) return false
    if (pathname === '/api/v1') respond.reply({ statusCode: 200, body: discovery })
    else if (pathname === podPath) respond.reply({ statusCode: 200, body: pod })
    else if (pathname === `${podPath}/log`) log(respond.begin({ statusCode: 200 }))
    else if (headers.upgrade === undefined) return false
    else if (pathname === `${podPath}/portforward`) forward(client)
    else if (pathname === `${podPath}/attach`) connect(client, echo)
    else if (pathname === `${podPath}/exec`) {
      const command = searchParams.getAll('command')
      connect(client, (streams) => runForClient(command, folder, streams))
    } else return false
    return true
  })
  return {
    get connections() {
      return open.size
    },
  }
}

const podPath = '/api/v1/namespaces/default/pods/pod'

const pod: JsonObject = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'pod', namespace: 'default', uid: '1' },
  spec: { containers: [{ name: 'main', image: 'main', stdin: true }] },
  status: { phase: 'Running', containerStatuses: [{ name: 'main', ready: true }] },
}

const discovery: JsonObject = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: 'v1',
  resources: [
    { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list'] },
  ],
}

/** One who asks for an upgrade. */
interface Client {
  readonly headers: IncomingHttpHeaders
  readonly query: URLSearchParams
  /** Grants it. */
  accept(headers: Readonly<Record<string, string>>): Duplex
}

function accepting(respond: Responder, open: Set<Duplex>): Client['accept'] {
  return (headers) => {
    const connection = respond.switchProtocols(headers)
    open.add(connection)
    connection.once('close', () => open.delete(connection))
    return connection
  }
}

/** Connects a client to a process, in the protocol that it asks for. */
function connect(client: Client, then: (streams: RemoteStreams) => void): void {
  const wants = (name: string): boolean => client.query.get(name) === 'true'
  const wanted = { stdin: wants('stdin'), stdout: wants('stdout'), stderr: wants('stderr') }
  if (client.headers.upgrade === 'websocket') {
    then(websocketStreams(toWebSocket(client, 'v5.channel.k8s.io'), wanted))
  } else spdyStreams(toSpdy(client, 'v4.channel.k8s.io'), wanted, then)
}

function echo({ stdin, stdout, finish }: RemoteStreams): void {
  if (stdin === undefined || stdout === undefined) return finish(success)
  stdin.pipe(stdout).once('finish', () => finish(success))
}

/** For each connection the client opens a stream for errors, and then one for the bytes. */
function forward(client: Client): void {
  const connection =
    client.headers.upgrade === 'websocket'
      ? toWebSocket(client, 'SPDY/3.1+portforward.k8s.io')
      : toSpdy(client, 'portforward.k8s.io')
  let errors: Duplex | undefined
  acceptSpdy(connection, (stream) => {
    if (errors === undefined) errors = stream
    else {
      stream.pipe(stream)
      errors.end()
      errors = undefined
    }
  })
}

function toWebSocket({ headers, accept }: Client, protocol: string): Duplex {
  const key = acceptKey(headers['sec-websocket-key'] ?? '')
  return openWebSocket(accept({ 'sec-websocket-accept': key, 'sec-websocket-protocol': protocol }))
}

function toSpdy({ accept }: Client, protocol: string): Duplex {
  return accept({ 'x-stream-protocol-version': protocol })
}
