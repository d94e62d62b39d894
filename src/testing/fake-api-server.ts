import type { JsonObject } from '../api/json.ts'
import type { Clock } from '../credential/clock.ts'
import type { FakeUser } from './authenticate.ts'
import type { CertificateAuthority, IssuedCertificate } from './certificate-authority.ts'
import type { CertificateRequest, CredentialRequest, IssuedToken } from './credential-desk.ts'
import type { FakeKubeconfigOptions } from './fake-kubeconfig.ts'
import type { FakeTokenOwner } from './token-owners.ts'
import type { OneReply, RequestInterceptor } from './interceptors.ts'
import type { WatchEvent } from './object-store.ts'
import type { LoggedRequest } from './request-log.ts'

/** What `startApiServer` takes; every field may be left out. */
export interface ApiServerOptions {
  /** Whether HTTP/2 is offered beside HTTP/1.1. Default: true. */
  readonly http2?: boolean
  /** Port on 127.0.0.1. Default: 0, a free one. */
  readonly port?: number
  /** Issues the server's own certificate. Default: a new one. */
  readonly certificateAuthority?: CertificateAuthority
  /** Names for the server's certificate, beside `localhost` and 127.0.0.1. Default: none. */
  readonly dnsNames?: readonly string[]
  /**
   * Client certificates from it are accepted, and it issues more; those from an intermediate below
   * it only while they are in force by the machine's time too. Default: a new one.
   */
  readonly clientAuthority?: CertificateAuthority
  /** Tells when credentials end. Default: the machine's time. */
  readonly clock?: Clock
  /** Tokens without an end, with their users. Default: none. */
  readonly tokens?: Readonly<
    Record<string, { readonly user: string; readonly groups?: readonly string[] }>
  >
  /**
   * Whether a request without credentials is the user `system:anonymous`, who may read the public
   * paths and is forbidden the rest. Default: false, the rest is 401.
   */
  readonly anonymous?: boolean
  /** Whether even the public paths need credentials; not with `anonymous`. Default: false. */
  readonly requireAuthentication?: boolean
  /**
   * Longest life of a token for a ServiceAccount, seconds: longer ones are cut short, with a warning, as
   * `--service-account-max-token-expiration` has it. Default: no limit.
   */
  readonly maxTokenSeconds?: number
  /** Whether an authenticated user may do something; else it is 403. Default: everything. */
  readonly rbac?: (user: FakeUser, method: string, path: string) => boolean
}

/** A Kubernetes API server for tests: real TLS and HTTP, a few kinds of object in memory. */
export interface FakeApiServer extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string
  readonly port: number
  /** PEM of the authority to trust. */
  readonly certificateAuthorityPem: string
  /** Issues the client certificates that the server accepts. */
  readonly clientAuthority: CertificateAuthority
  /** Every request that came in, in order. */
  readonly requests: readonly LoggedRequest[]
  clearRequests(): void

  /**
   * Issues a bearer token.
   *
   * @throws TypeError when `lifetimeMs` is not finite.
   */
  issueToken(request?: CredentialRequest): IssuedToken
  /**
   * Issues a client certificate; its end is rounded up to a whole second.
   *
   * @throws TypeError when `lifetimeMs` is not finite.
   */
  issueCertificate(request?: CertificateRequest): IssuedCertificate
  /**
   * Refuses a credential from now on.
   *
   * @param what A token; a certificate's SHA-256 fingerprint, with or without colons; or `all`: the
   *   tokens of this moment, and the certificates that the server has issued or seen by now.
   */
  revoke(what: string): void
  /** Where fake plugins get their credentials; see `issueFrom` of `PluginBehaviour`. */
  readonly pluginEndpoint: string

  /**
   * Looks at every request before it is served, and may answer it instead: then it returns true.
   * The latest is asked first. It sees who the user is, and requests that will be refused too.
   *
   * @returns A function that takes the interceptor away.
   */
  intercept(interceptor: RequestInterceptor): () => void
  /** Answers the next request, or the next that fits, in this way instead of the server's. */
  respondOnce(reply: OneReply): void

  /** Adds a namespace, as if a client had created it; nothing when it is there already. */
  createNamespace(name: string): void
  /**
   * Adds a ServiceAccount, as if a client had created it, or an object that tokens can be bound to. One that is
   * there already is deleted first, so that it has another UID, and its tokens are worth nothing any more.
   * TokenRequests (`POST …/serviceaccounts/NAME/token`) are answered from these as kube-apiserver 1.34 does.
   *
   * @returns Its UID.
   */
  createTokenOwner(owner: FakeTokenOwner): string
  /** Deletes it, and with it whatever tokens were bound to it; nothing when it is not there. */
  deleteTokenOwner(owner: FakeTokenOwner): void
  /** Sends an event to every open watch; by default to those of namespaces. */
  emit(event: WatchEvent, resource?: 'namespaces' | 'configmaps'): void
  /** Sends a BOOKMARK to the open watches of namespaces that asked for them. */
  emitBookmark(): void
  /** Ends all watches as the API server does when their time is up. */
  endWatches(): void
  /** Watches that are open. */
  readonly openWatches: number

  /** TLS connections that are open. */
  readonly openConnections: number
  /** TLS connections that have been opened in all. */
  readonly connectionsOpened: number
  /** Drops every connection and waits until they are gone; the server goes on listening. */
  closeConnections(): Promise<void>
  /** Stops listening and drops every connection, as a server that is killed; plugins still get theirs. */
  goDown(): Promise<void>
  /**
   * Listens again on the same port, and knows all that it knew.
   *
   * @throws The system's error when the port has been taken meanwhile.
   */
  comeBack(): Promise<void>

  /** A kubeconfig with one context that leads to this server. */
  kubeconfig(options?: FakeKubeconfigOptions): JsonObject
  /** Stops listening and drops every connection; may be called again. */
  close(): Promise<void>
}
