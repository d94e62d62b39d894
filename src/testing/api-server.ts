import type { Server } from 'node:tls'

import { systemClock } from '../credential/clock.ts'
import type { AdmissionPolicy } from './admit.ts'
import { createCertificateAuthority, type CertificateAuthority } from './certificate-authority.ts'
import { Connections } from './connections.ts'
import { CredentialDesk } from './credential-desk.ts'
import type { ApiServerOptions, FakeApiServer } from './fake-api-server.ts'
import { kubeconfigFor } from './fake-kubeconfig.ts'
import { Interceptors } from './interceptors.ts'
import { listen } from './listen.ts'
import { ObjectStore } from './object-store.ts'
import { startPluginEndpoint, type PluginEndpoint } from './plugin-endpoint.ts'
import { createReception } from './reception.ts'
import type { RequestEntry } from './request-log.ts'
import { WatchHub } from './serve-watch.ts'
import { createTokenOwner, deleteTokenOwner } from './token-owners.ts'
import { createTlsListener } from './tls-listener.ts'

export type { ApiServerOptions, FakeApiServer } from './fake-api-server.ts'

/**
 * Starts an API server on the loopback address.
 *
 * @throws TypeError when the options contradict each other.
 * @example
 * ```ts
 * import { startApiServer, writeKubeconfig } from 'kubecred/testing'
 *
 * await using server = await startApiServer()
 * const { token } = server.issueToken({ user: 'alice', lifetimeMs: 60_000 })
 * await writeKubeconfig('kubeconfig', server.kubeconfig({ user: { token } }))
 * ```
 */
export async function startApiServer(options: ApiServerOptions = {}): Promise<FakeApiServer> {
  if (options.anonymous === true && options.requireAuthentication === true) {
    throw new TypeError('"anonymous" and "requireAuthentication" contradict each other')
  }
  const parts = assemble(options)
  const port = await listen(parts.server, options.port ?? 0)
  const pluginEndpoint = await startPluginEndpoint(parts.desk)
  return handleOf(parts, port, pluginEndpoint)
}

interface Parts {
  readonly server: Server
  readonly certificateAuthorityPem: string
  readonly clientAuthority: CertificateAuthority
  readonly connections: Connections
  readonly desk: CredentialDesk
  readonly store: ObjectStore
  readonly watches: WatchHub
  readonly interceptors: Interceptors
  readonly requests: RequestEntry[]
}

function assemble(options: ApiServerOptions): Parts {
  const { clock = systemClock, http2 = true } = options
  const authority = options.certificateAuthority ?? authorityNamed('fake server authority')
  const clientAuthority = options.clientAuthority ?? authorityNamed('fake client authority')
  const desk = new CredentialDesk(clientAuthority, clock)
  for (const [token, { user, groups = [] }] of Object.entries(options.tokens ?? {})) {
    desk.addToken(token, { name: user, groups: [...groups] })
  }
  const connections = new Connections()
  const store = new ObjectStore(() => clock.now())
  const watches = new WatchHub()
  const interceptors = new Interceptors()
  const requests: RequestEntry[] = []
  const maxTokenSeconds = options.maxTokenSeconds ?? Infinity
  const backend = { store, watches, clock, desk, maxTokenSeconds }
  const policy = policyOf(options)
  const own = authority.issue({
    commonName: 'kube-apiserver',
    dnsNames: ['localhost', ...(options.dnsNames ?? [])],
    ipAddresses: ['127.0.0.1'],
    usage: 'server',
  })
  const server = createTlsListener(
    {
      http2,
      certificatePem: own.certificatePem,
      privateKeyPem: own.privateKeyPem,
      clientAuthorityPem: clientAuthority.certificatePem,
    },
    connections,
    createReception({ backend, desk, interceptors, policy, requests }),
  )
  const certificateAuthorityPem = authority.certificatePem
  return {
    server,
    certificateAuthorityPem,
    clientAuthority,
    connections,
    desk,
    store,
    watches,
    interceptors,
    requests,
  }
}

function authorityNamed(commonName: string): CertificateAuthority {
  return createCertificateAuthority({ commonName })
}

function policyOf({ anonymous, requireAuthentication, rbac }: ApiServerOptions): AdmissionPolicy {
  if (requireAuthentication === true) return { anonymous: 'none', allows: rbac }
  return { anonymous: anonymous === true ? 'any' : 'public', allows: rbac }
}

function handleOf(parts: Parts, port: number, pluginEndpoint: PluginEndpoint): FakeApiServer {
  const { connections, desk, store, watches, interceptors, requests } = parts
  const { certificateAuthorityPem, clientAuthority } = parts
  const url = `https://127.0.0.1:${port}`
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= closeAll(parts, pluginEndpoint)
    return closed
  }
  return {
    url,
    port,
    certificateAuthorityPem,
    clientAuthority,
    requests,
    clearRequests: () => void requests.splice(0),
    issueToken: (request) => desk.issueToken(request),
    issueCertificate: (request) => desk.issueCertificate(request),
    revoke: (what) => desk.revoke(what),
    pluginEndpoint: pluginEndpoint.url,
    intercept: (interceptor) => interceptors.add(interceptor),
    respondOnce: (reply) => interceptors.addOnce(reply),
    createNamespace: (name) => {
      store.create({ resource: 'namespaces', namespace: undefined }, { metadata: { name } })
    },
    createTokenOwner: (owner) => createTokenOwner(store, owner),
    deleteTokenOwner: (owner) => deleteTokenOwner(store, owner),
    emit: (event, resource = 'namespaces') => watches.send(resource, event),
    emitBookmark: () => watches.sendBookmark('namespaces', store.version),
    endWatches: () => watches.endAll(),
    get openWatches() {
      return watches.size
    },
    get openConnections() {
      return connections.open
    },
    get connectionsOpened() {
      return connections.opened
    },
    closeConnections: () => connections.dropAll(),
    goDown: () => goDown(parts),
    comeBack: () => comeBack(parts, port),
    kubeconfig: (wanted = {}) => kubeconfigFor({ url, certificateAuthorityPem }, wanted),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function closeAll(parts: Parts, endpoint: PluginEndpoint): Promise<void> {
  await Promise.all([goDown(parts), endpoint.close()])
}

async function goDown({ server, connections }: Parts): Promise<void> {
  const stopped = new Promise<void>((done) => server.close(() => done()))
  await Promise.all([stopped, connections.dropAll()])
}

async function comeBack({ server }: Parts, port: number): Promise<void> {
  if (!server.listening) await listen(server, port)
}
