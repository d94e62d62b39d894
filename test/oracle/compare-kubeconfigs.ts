import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { goJson } from '../../src/api/go-json.ts'
import { chooseConnection } from '../../src/connect/connection.ts'
import { credentialSource } from '../../src/connect/wire.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { thisHost, type Host } from '../../src/host/host.ts'
import { authMethod } from '../../src/kubeconfig/auth-method.ts'
import type {
  AuthConfig,
  ConnectionConfig,
  PemSource,
  SecretPemSource,
} from '../../src/kubeconfig/connection-config.ts'
import { assertTlsSettings } from '../../src/transport/tls.ts'
import { readAuthority } from '../../src/connect/authority.ts'
import type { KubeconfigQuestion, Oracle } from './ask.ts'
import type { KubeconfigCase } from './kubeconfigs.ts'
import { pairs } from './pairs.ts'

/** Folders with kubeconfigs, and the files that they name. */
export interface Scene {
  readonly folder: string
  readonly paths: readonly string[]
}

/** Prepares a folder for cases. */
export function prepareScene(folder: string): Scene {
  const [ec] = pairs
  const paths = ['one', 'two', 'three'].map((name) => {
    const place = join(folder, name)
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'ca.pem'), ec?.certificate ?? '')
    writeFileSync(join(place, 'client.pem'), ec?.certificate ?? '')
    writeFileSync(join(place, 'client.key'), ec?.key ?? '')
    writeFileSync(join(place, 'token'), 'from-a-file\n')
    writeFileSync(join(place, 'empty'), '')
    return join(place, 'config')
  })
  return { folder, paths }
}

/** Writes the files of a case, and gives the question that it is. */
export function questionOf(scene: Scene, tried: KubeconfigCase): KubeconfigQuestion {
  const used = scene.paths.slice(0, tried.files.length)
  for (const [index, path] of used.entries()) {
    const bytes = tried.files[index]
    if (bytes === undefined) rmSync(path, { force: true })
    else writeFileSync(path, bytes)
  }
  const [first = ''] = used
  const set = { ...tried.set }
  const authority = set['certificate-authority']
  if (authority !== undefined) set['certificate-authority'] = join(scene.folder, authority)
  return {
    ...(tried.explicit ? { explicit: first } : { files: used }),
    set,
    insecure: tried.insecure,
  }
}

/** What came of a case: the connection, or the error in words. */
export interface Outcome {
  readonly value?: unknown
  readonly error?: string
}

/** The connection that client-go would make. */
export async function theirConnection(
  oracle: Oracle,
  question: KubeconfigQuestion,
): Promise<Outcome> {
  const { value, error, panic } = await oracle.ask({ kubeconfig: question })
  if (panic !== undefined) throw new Error(`client-go panics: ${panic}`)
  // The oracle's kubeconfig.go gives these fields.
  return error === undefined ? { value: normalized(value as TheirConnection) } : { error }
}

interface TheirConnection {
  readonly [field: string]: unknown
  readonly server: string
  readonly address: string
  readonly proxyUrl: string
  readonly token: unknown
  readonly tokenFile: unknown
  readonly exec: Readonly<Record<string, unknown>> | null
}

/** The oracle's answer in the words of {@link ConnectionConfig}. */
function normalized(theirs: TheirConnection): unknown {
  const { server, address, proxyUrl, exec } = theirs
  const byUrl = /^https:\/\/([^/?#@:]*)(?::([^/?#@]*))?@/iu.exec(server)
  return {
    // Kubecred keeps back the password that a server's URL may hold.
    server: server.replace(/^([^/?#]*\/\/)?[^/?#]*@/u, '$1'),
    address: new URL(address).href.replace(/\/+$/u, ''),
    tlsServerName: theirs['tlsServerName'],
    insecure: theirs['insecure'],
    ca: theirs['caData'] ?? theirs['caFile'],
    certificate: theirs['certData'] ?? theirs['certFile'],
    key: theirs['keyData'] ?? theirs['keyFile'],
    ...(byUrl === null
      ? {
          token: tokenBeside(theirs),
          tokenFile: theirs['tokenFile'],
          username: theirs['username'],
          password: theirs['password'],
        }
      : // Go's HTTP client sends the user of a URL before anybody else has set the header.
        { token: '', tokenFile: '', username: byUrl[1], password: byUrl[2] ?? '' }),
    impersonate: {
      user: theirs['impersonateUser'],
      uid: theirs['impersonateUid'],
      groups: theirs['impersonateGroups'] ?? [],
      extra: theirs['impersonateExtra'] ?? {},
    },
    proxyUrl: proxyUrl === '' ? '' : new URL(proxyUrl).href,
    disableCompression: theirs['disableCompression'],
    namespace: theirs['namespace'],
    authProvider: theirs['authProvider'],
    exec: exec === null ? null : { ...exec, args: exec['args'] ?? [], env: exec['env'] ?? [] },
  }
}

/** The connection that Kubecred would make, in the form of the oracle's answer. */
export async function ourConnection(question: KubeconfigQuestion): Promise<Outcome> {
  try {
    return { value: await connectionOf(question) }
  } catch (error) {
    if (!(error instanceof KubecredError)) throw error
    return { error: error.message }
  }
}

async function connectionOf(question: KubeconfigQuestion): Promise<unknown> {
  const { explicit, files = [], set = {}, insecure = false } = question
  const host: Host = {
    ...thisHost(),
    env: { KUBECONFIG: files.join(':'), PATH: process.env['PATH'] },
    home: '/nonexistent',
  }
  const config = await chooseConnection(
    {
      kubeconfig: explicit,
      context: set['context'],
      cluster: set['cluster'],
      user: set['user'],
      namespace: set['namespace'],
      server: set['server'],
      tlsServerName: set['tls-server-name'],
      certificateAuthority: set['certificate-authority'],
      proxyUrl: set['proxy-url'],
      token: set['token'],
      username: set['username'],
      password: set['password'],
      impersonate: { user: set['as'] ?? '', uid: set['as-uid'] ?? '' },
      insecureSkipTlsVerify: insecure,
    },
    host,
  )
  await tryCredential(config, host)
  return shapeOf(config)
}

/** Reads what the configuration names, as opening the connection does. */
async function tryCredential(config: ConnectionConfig, host: Host): Promise<void> {
  const { server } = config
  const authority = await readAuthority(server.certificateAuthority, config.cluster)
  if (server.url.startsWith('https:')) {
    assertTlsSettings({
      url: server.url,
      certificateAuthorityPem:
        authority === undefined ? undefined : Buffer.from(authority).toString('latin1'),
      tlsServerName: server.tlsServerName,
      insecureSkipTlsVerify: server.insecureSkipTlsVerify,
    })
  }
  await using source = await credentialSource(config, { host })
  if (authMethod(config.auth) !== 'exec') await source.get()
}

function shapeOf({ server, auth, namespace }: ConnectionConfig): unknown {
  const secure = server.url.startsWith('https:')
  return {
    server: server.address,
    address: server.url,
    tlsServerName: secure ? server.tlsServerName : '',
    insecure: secure && server.insecureSkipTlsVerify,
    ca: secure ? pemOf(server.certificateAuthority) : '',
    certificate: pemOf(auth.clientCertificate),
    key: pemOf(auth.clientKey),
    token: auth.token?.reveal() ?? '',
    tokenFile: auth.tokenFile,
    username: auth.username,
    password: auth.password?.reveal() ?? '',
    impersonate: auth.impersonate,
    proxyUrl: server.proxyUrl === '' ? '' : new URL(server.proxyUrl).href,
    disableCompression: server.disableCompression,
    namespace,
    authProvider: auth.authProvider,
    exec: execOf(auth, server.execExtension),
  }
}

function execOf({ exec }: AuthConfig, extension: Parameters<typeof goJson>[0]): unknown {
  if (exec === undefined) return null
  const { command, args, env, apiVersion, installHint, provideClusterInfo, interactiveMode } = exec
  const config = goJson(extension)
  return {
    command,
    args,
    env,
    apiVersion,
    installHint,
    provideClusterInfo,
    interactiveMode,
    config,
  }
}

/** client-go's token, unless it is what it has just read from the file. */
function tokenBeside({ token, tokenFile }: TheirConnection): unknown {
  if (typeof tokenFile !== 'string' || !existsSync(tokenFile)) return token
  return readFileSync(tokenFile, 'utf8') === token ? '' : token
}

function pemOf(source: PemSource | SecretPemSource | undefined): string {
  if (source === undefined) return ''
  if (source.kind === 'file') return source.path
  return Buffer.from('reveal' in source.pem ? source.pem.reveal() : source.pem).toString('base64')
}
