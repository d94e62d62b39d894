/**
 * Kubernetes client credentials: load a kubeconfig, get its credential, keep it fresh. For requests
 * see `kubecred/undici` and `kubecred/https`.
 *
 * @module
 */

// For users.
export { chooseConnection } from '../connect/connection.ts'
export { credentialSource } from '../connect/wire.ts'
export { KubecredError } from '../errors/kubecred-error.ts'
export { subscribe } from '../events/channels.ts'
export { version } from '../host/version.ts'
export { authMethod } from '../kubeconfig/auth-method.ts'
export { inClusterConnection } from '../kubeconfig/in-cluster.ts'
export { loadKubeconfig } from '../kubeconfig/load.ts'
export { loadPluginPolicy } from '../kubeconfig/load-plugin-policy.ts'
export { selectConnection } from '../kubeconfig/select.ts'
export type { AllowlistEntry, PluginPolicy, UncheckedPolicy } from '../api/plugin-policy.ts'
export type { ConnectOptions, PluginOptions } from '../connect/wire.ts'
export type { ConnectionOptions } from '../connect/connection.ts'
export type { ClientCertificate } from '../credential/client-certificate.ts'
export type { Credential } from '../credential/credential.ts'
export type { CredentialSource, RejectedOptions, WaitOptions } from '../credential/source.ts'
export type { ErrorCode } from '../errors/codes.ts'
export type { ErrorDetails } from '../errors/kubecred-error.ts'
export type { KubecredEventName, KubecredEvents, RenewalReason } from '../events/channels.ts'
export type { AuthMethod } from '../kubeconfig/auth-method.ts'
export type { AuthConfig, ConnectionConfig, ServerConfig } from '../kubeconfig/connection-config.ts'
export type { ClusterEntry, ContextEntry, Kubeconfig, UserEntry } from '../kubeconfig/entries.ts'
export type { LoadOptions } from '../kubeconfig/load.ts'
export type { LoadedPluginPolicy, PluginPolicyOptions } from '../kubeconfig/load-plugin-policy.ts'
export type { Overrides } from '../kubeconfig/overrides.ts'
export type { Dial, DialTarget } from '../transport/dial.ts'
export type { RetryChoice, RetryOptions } from '../transport/retry-rules.ts'

// For authors of libraries: providers and transports of their own.
export { systemClock } from '../credential/clock.ts'
export { readClientCertificate } from '../credential/client-certificate.ts'
export { createCredential } from '../credential/credential.ts'
export { fixedProvider } from '../credential/provider.ts'
export { Renewer } from '../credential/renewer.ts'
export { shareOfLife } from '../credential/schedule.ts'
export { Secret } from '../credential/secret.ts'
export { readPluginPolicy } from '../exec/plugin-policy.ts'
export { execProvider } from '../exec/provider.ts'
export { thisHost } from '../host/host.ts'
export { isStreamingPath } from '../transport/streaming.ts'
export type {
  ExecApiVersion,
  ExecCluster,
  ExecConfig,
  InteractiveMode,
} from '../api/exec-config.ts'
export type { ExecCredential, ExecCredentialStatus } from '../api/exec-credential.ts'
export type { JsonObject, JsonValue } from '../api/json.ts'
export type { Clock, Random, Timer } from '../credential/clock.ts'
export type { CooldownPolicy } from '../credential/cooldown.ts'
export type { CredentialParts } from '../credential/credential.ts'
export type { CredentialProvider, ProvideRequest, Rejection } from '../credential/provider.ts'
export type { RenewerOptions } from '../credential/renewer-options.ts'
export type { Life, Schedule } from '../credential/schedule.ts'
export type { ExecOptions } from '../exec/provider.ts'
export type { Environment, Host } from '../host/host.ts'
