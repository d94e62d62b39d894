import type { JsonValue } from '../api/json.ts'
import type { Secret } from '../credential/secret.ts'

/** Where an entry stands, for messages. */
export interface Origin {
  /** Absolute path of the kubeconfig. */
  readonly file: string
  /** The entry in it: `users[2].user`. */
  readonly field: string
}

/** A context: a cluster, a user and a namespace under one name. */
export interface ContextEntry {
  readonly origin: Origin
  /** Name of the cluster, '' when not given. */
  readonly cluster: string
  /** Name of the user, '' when not given. */
  readonly user: string
  /** '' when not given. */
  readonly namespace: string
}

/** A cluster as its kubeconfig has it, paths made absolute. */
export interface ClusterEntry {
  readonly origin: Origin
  readonly server: string
  readonly tlsServerName: string
  readonly insecureSkipTlsVerify: boolean
  /** Path, '' when not given. */
  readonly certificateAuthority: string
  /** PEM, empty when not given. */
  readonly certificateAuthorityData: Uint8Array
  readonly proxyUrl: string
  readonly disableCompression: boolean
  /** The extension `client.authentication.k8s.io/exec`, keys sorted; null when there is none. */
  readonly execExtension: JsonValue
}

/** Whom the server is to take the user for. */
export interface Impersonation {
  /** '' for nobody. */
  readonly user: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

/** An exec plugin as its kubeconfig has it, the command made absolute if it is a path. */
export interface ExecEntry {
  readonly command: string
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly apiVersion: string
  readonly installHint: string
  readonly provideClusterInfo: boolean
  /** Defaults by version are filled in; '' when there is none. */
  readonly interactiveMode: string
}

/** A user as its kubeconfig has it, paths made absolute. */
export interface UserEntry {
  readonly origin: Origin
  /** Path, '' when not given. */
  readonly clientCertificate: string
  /** PEM, empty when not given. */
  readonly clientCertificateData: Uint8Array
  /** Path, '' when not given. */
  readonly clientKey: string
  /** PEM. */
  readonly clientKeyData: Secret | undefined
  readonly token: Secret | undefined
  /** Path, '' when not given. */
  readonly tokenFile: string
  readonly impersonate: Impersonation
  readonly username: string
  readonly password: Secret | undefined
  /** Name of the auth provider, '' for one without a name. */
  readonly authProvider: string | undefined
  readonly exec: ExecEntry | undefined
}

/** One kubeconfig, or several that were merged. */
export interface Kubeconfig {
  /** Absolute paths of the files that were read, strongest first. */
  readonly files: readonly string[]
  /** Absolute paths of the files that were looked for in vain. */
  readonly missing: readonly string[]
  /** '' when none is chosen. */
  readonly currentContext: string
  readonly contexts: ReadonlyMap<string, ContextEntry>
  readonly clusters: ReadonlyMap<string, ClusterEntry>
  readonly users: ReadonlyMap<string, UserEntry>
}
