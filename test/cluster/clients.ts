import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

import { connect as connectHttps } from '../../src/doors/https.ts'
import { writeKubeconfig, type IssuedCertificate } from '../../src/doors/testing.ts'
import { connect as connectUndici } from '../../src/doors/undici.ts'
import type { JsonObject } from '../../src/api/json.ts'
import type { ConnectOptions } from '../../src/connect/wire.ts'
import type { Cluster } from './cluster.ts'

/** A request as these tests write it. */
export interface ClientRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** What the server answered. */
export interface ClientAnswer {
  readonly status: number
  readonly body: Readable
}

/** A client under test. */
export interface Client extends AsyncDisposable {
  send(path: string, request?: ClientRequest): Promise<ClientAnswer>
}

/** Every way in which the library speaks to a server. */
export const clients: readonly {
  readonly name: string
  open(options: ConnectOptions): Promise<Client>
}[] = [
  {
    name: 'undici, HTTP/1.1',
    open: async (options) => clientOf(await connectUndici({ ...options, http2: false })),
  },
  {
    name: 'undici, HTTP/2',
    open: async (options) => clientOf(await connectUndici({ ...options, http2: true })),
  },
  { name: 'node:https', open: async (options) => clientOf(await connectHttps(options)) },
]

/** A cluster of either stack as these tests speak to it. */
export function clientOf(cluster: ConnectedCluster): Client {
  return {
    async send(path, request = {}) {
      const { statusCode, body } = await cluster.request(path, request)
      return { status: statusCode, body }
    },
    [Symbol.asyncDispose]: () => cluster.close(),
  }
}

interface ConnectedCluster {
  request(
    path: string,
    request: ClientRequest,
  ): Promise<{ readonly statusCode: number; readonly body: Readable }>
  close(): Promise<void>
}

/** The object in an answer, with the answer's status beside it. */
export async function read(answer: ClientAnswer): Promise<{ status: number; object: JsonObject }> {
  // The API server answers with objects.
  const object = JSON.parse(await text(answer.body)) as JsonObject
  return { status: answer.status, object }
}

/** Sends JSON and reads the object that comes back. */
export async function call(
  client: Client,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
): Promise<{ status: number; object: JsonObject }> {
  const headers = { 'content-type': 'application/json' }
  const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) }
  return await read(await client.send(path, { method, ...sent }))
}

/** Who the server says that one is. */
export async function whoIs(client: Client): Promise<JsonObject> {
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  const { status, object } = await call(client, 'POST', path, review)
  if (status !== 201) throw new Error(`the server answered ${status}: ${JSON.stringify(object)}`)
  // SelfSubjectReviewStatus.
  return (object['status'] as { readonly userInfo: JsonObject }).userInfo
}

/** The user of a kubeconfig who has this certificate. */
export function certificateUser({ certificatePem, privateKeyPem }: IssuedCertificate): JsonObject {
  return {
    'client-certificate-data': Buffer.from(certificatePem).toString('base64'),
    'client-key-data': Buffer.from(privateKeyPem).toString('base64'),
  }
}

/** Writes a kubeconfig for the cluster into a folder. */
export async function kubeconfigFile(
  cluster: Cluster,
  folder: string,
  user: JsonObject,
): Promise<string> {
  const path = join(folder, `config-${(counter += 1)}`)
  await writeKubeconfig(path, cluster.kubeconfig(user))
  return path
}

let counter = 0
