import type { JsonValue } from './json.ts'

/** Group of the versions that a plugin and its caller may speak. */
export const clientAuthenticationGroup = 'client.authentication.k8s.io'

/** The versions Kubecred speaks; client-go dropped v1alpha1 in 1.24. */
export const execApiVersions = [
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
  'client.authentication.k8s.io/v1alpha1',
] as const

/** One of {@link execApiVersions}. */
export type ExecApiVersion = (typeof execApiVersions)[number]

/** Whether the plugin may, must or must not read standard input. */
export const interactiveModes = ['Never', 'IfAvailable', 'Always'] as const

/** One of {@link interactiveModes}. */
export type InteractiveMode = (typeof interactiveModes)[number]

/** The `exec` entry of a kubeconfig's user: validated, defaults filled in, command resolved. */
export interface ExecConfig {
  /** Executable: absolute, or a bare name to look up. */
  readonly command: string
  readonly args: readonly string[]
  /** Variables to set for the plugin, in order. */
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly apiVersion: ExecApiVersion
  /** How to install the plugin, as its vendor wrote it; '' when not given. */
  readonly installHint: string
  /** Whether the plugin is told about the cluster. */
  readonly provideClusterInfo: boolean
  readonly interactiveMode: InteractiveMode
}

/** What a plugin is told about the cluster, when its entry says `provideClusterInfo`. */
export interface ExecCluster {
  readonly server: string
  /** '' when not set, as in Go. */
  readonly tlsServerName: string
  readonly insecureSkipTlsVerify: boolean
  /** PEM bytes of the certificate authority, from the data or the file; empty when not set. */
  readonly certificateAuthorityData: Uint8Array
  /** '' when not set. */
  readonly proxyUrl: string
  readonly disableCompression: boolean
  /** The cluster's extension named `client.authentication.k8s.io/exec`; null when there is none. */
  readonly config: JsonValue
}
