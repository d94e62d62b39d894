/**
 * Fakes that speak the real protocols, for the tests of programs that talk to Kubernetes: an API
 * server over TLS, exec plugins, a certificate authority and a clock.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createFakePlugin, startApiServer, writeKubeconfig } from 'kubecred/testing'
 *
 * const directory = await mkdtemp(join(tmpdir(), 'kubecred-'))
 * const server = await startApiServer()
 * const plugin = await createFakePlugin({ directory })
 * await plugin.behave({ issueFrom: { url: server.pluginEndpoint, lifetimeMs: 60_000 } })
 * await writeKubeconfig(join(directory, 'config'), server.kubeconfig({ user: plugin.user() }))
 * // Here the program under test does its work with this kubeconfig; kubectl could do so too.
 * console.log('requests:', server.requests.length)
 * console.log('plugin runs:', (await plugin.runs()).length)
 * await server.close()
 * ```
 *
 * @module
 */
export { startApiServer } from '../testing/api-server.ts'
export { createCertificateAuthority } from '../testing/certificate-authority.ts'
export { createFakeClock } from '../testing/fake-clock.ts'
export { writeKubeconfig } from '../testing/fake-kubeconfig.ts'
export { createFakePlugin } from '../testing/fake-plugin.ts'

export type { ApiServerOptions, FakeApiServer } from '../testing/fake-api-server.ts'
export type { FakeUser } from '../testing/authenticate.ts'
export type {
  CertificateAuthority,
  CertificateAuthorityOptions,
  IssuedCertificate,
  IssueOptions,
  KeyType,
} from '../testing/certificate-authority.ts'
export type {
  CertificateRequest,
  CredentialRequest,
  IssuedToken,
} from '../testing/credential-desk.ts'
export type { Responder, ScriptedReply } from '../testing/exchange.ts'
export type { FakeClock } from '../testing/fake-clock.ts'
export type { FakeKubeconfigOptions } from '../testing/fake-kubeconfig.ts'
export type { FakePlugin, FakePluginOptions } from '../testing/fake-plugin.ts'
export type { OneReply, RequestInterceptor } from '../testing/interceptors.ts'
export type { WatchEvent } from '../testing/object-store.ts'
export type { IssueFrom, PluginBehaviour } from '../testing/plugin-behaviour.ts'
export type { PluginRun, StdinKind } from '../testing/plugin-runs.ts'
export type { FakeTokenOwner } from '../testing/token-owners.ts'
export type { LoggedRequest } from '../testing/request-log.ts'
