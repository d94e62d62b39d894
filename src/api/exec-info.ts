import type { ExecApiVersion, ExecCluster } from './exec-config.ts'
import { goJson, goStruct } from './go-json.ts'

/** The variable in which a plugin finds what {@link execInfo} wrote. */
export const execInfoVariable = 'KUBERNETES_EXEC_INFO'

/** What a plugin is told about the run. */
export interface ExecInfo {
  readonly apiVersion: ExecApiVersion
  /** Whether the plugin may read standard input. */
  readonly interactive: boolean
  /** Given when the configuration says `provideClusterInfo`. */
  readonly cluster?: ExecCluster | undefined
  /** The answer that made the run necessary; only v1alpha1 has a place for it. */
  readonly response?: ExecInfoResponse | undefined
}

/** The answer of a server that rejected a credential. */
export interface ExecInfoResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
}

type Members = [name: string, json: string][]

/** Writes the value of `KUBERNETES_EXEC_INFO`, byte for byte what client-go writes. */
export function execInfo(info: ExecInfo): string {
  const spec = info.apiVersion.endsWith('/v1alpha1') ? alphaSpec(info) : currentSpec(info)
  const text = goStruct([
    ['kind', goJson('ExecCredential')],
    ['apiVersion', goJson(info.apiVersion)],
    ['spec', goStruct(spec)],
  ])
  // The line end is part of what Go's encoder writes.
  return `${text}\n`
}

function currentSpec({ cluster, interactive }: ExecInfo): Members {
  return [...clusterMember(cluster), ['interactive', goJson(interactive)]]
}

function alphaSpec({ cluster, interactive, response }: ExecInfo): Members {
  const spec: Members = []
  if (response !== undefined) spec.push(['response', goStruct(responseMembers(response))])
  if (interactive) spec.push(['interactive', goJson(interactive)])
  return [...spec, ...clusterMember(cluster)]
}

function clusterMember(cluster: ExecCluster | undefined): Members {
  return cluster === undefined ? [] : [['cluster', goStruct(clusterMembers(cluster))]]
}

function clusterMembers(cluster: ExecCluster): Members {
  const authority = Buffer.from(cluster.certificateAuthorityData).toString('base64')
  const members: Members = [['server', goJson(cluster.server)]]
  if (cluster.tlsServerName !== '') {
    members.push(['tls-server-name', goJson(cluster.tlsServerName)])
  }
  if (cluster.insecureSkipTlsVerify) members.push(['insecure-skip-tls-verify', 'true'])
  if (authority !== '') members.push(['certificate-authority-data', goJson(authority)])
  if (cluster.proxyUrl !== '') members.push(['proxy-url', goJson(cluster.proxyUrl)])
  if (cluster.disableCompression) members.push(['disable-compression', 'true'])
  // In Go this one is a struct, which is never left out as empty.
  members.push(['config', goJson(cluster.config)])
  return members
}

function responseMembers({ statusCode, headers }: ExecInfoResponse): Members {
  const members: Members = []
  const header = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [canonicalName(name), [value].flat()]),
  )
  if (Object.keys(header).length > 0) members.push(['header', goJson(header)])
  if (statusCode !== 0) members.push(['code', goJson(statusCode)])
  return members
}

// Go's http.Header has its names like this: Www-Authenticate.
function canonicalName(name: string): string {
  return name.toLowerCase().replaceAll(/(?<=^|-)[a-z]/gu, (letter) => letter.toUpperCase())
}
