import type { ExecConfig } from '../api/exec-config.ts'
import type { JsonValue } from '../api/json.ts'
import type { Secret } from '../credential/secret.ts'
import type { Impersonation } from './entries.ts'

/** PEM that stands in the kubeconfig, or the path of a file that holds it. */
export type PemSource =
  | { readonly kind: 'data'; readonly pem: Uint8Array }
  | { readonly kind: 'file'; readonly path: string }

/** A {@link PemSource} whose content is secret. */
export type SecretPemSource =
  | { readonly kind: 'data'; readonly pem: Secret }
  | { readonly kind: 'file'; readonly path: string }

/** The server of a connection, and how to trust it. */
export interface ServerConfig {
  /** Absolute URL without query, user or trailing slash: `https://10.0.0.1:6443/k8s/prod`. */
  readonly url: string
  /** The server as the kubeconfig has it; what a plugin is told. */
  readonly address: string
  /** Name to expect in the server's certificate; '' for that of the URL. */
  readonly tlsServerName: string
  readonly insecureSkipTlsVerify: boolean
  /** Undefined for the authorities of the system. */
  readonly certificateAuthority: PemSource | undefined
  /** '' for none; it may hold a password. */
  readonly proxyUrl: string
  readonly disableCompression: boolean
  /** What the cluster's entry holds for plugins; null for nothing. */
  readonly execExtension: JsonValue
}

/** How the user proves who they are. All of it is empty when the server does not use TLS. */
export interface AuthConfig {
  /** Token of the kubeconfig; with a {@link tokenFile} it serves until that can be read. */
  readonly token: Secret | undefined
  /** Path, '' for none. */
  readonly tokenFile: string
  /** '' for none. */
  readonly username: string
  readonly password: Secret | undefined
  /** There is a {@link clientKey} whenever there is a certificate. */
  readonly clientCertificate: PemSource | undefined
  readonly clientKey: SecretPemSource | undefined
  /** Stays with a server without TLS, since it is no credential. */
  readonly impersonate: Impersonation
  readonly exec: ExecConfig | undefined
  /** Name of an auth provider, which Kubernetes has given up; '' for none. */
  readonly authProvider: string
}

/** All that is needed to connect: one cluster, one user, one namespace. */
export interface ConnectionConfig {
  readonly source: 'kubeconfig' | 'in-cluster'
  /** Absolute paths of the kubeconfigs, strongest first. */
  readonly files: readonly string[]
  /** Absolute paths that were listed and are not there. */
  readonly missing: readonly string[]
  /** Name of the context, '' for none. */
  readonly context: string
  /** Name of the cluster, '' for none. */
  readonly cluster: string
  /** Name of the user, '' for none. */
  readonly user: string
  readonly namespace: string
  readonly server: ServerConfig
  readonly auth: AuthConfig
  /** What is odd but does not prevent a connection; a reader may want to know if it fails. */
  readonly warnings: readonly string[]
}
