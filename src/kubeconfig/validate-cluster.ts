import type { ClusterEntry } from './entries.ts'
import { quotedIfHarmless } from '../encoding/printable-text.ts'
import type { Problem } from './problem.ts'
import { readProxyUrl } from './proxy-url.ts'
import { readServerAddress } from './server-url.ts'

/** What is wrong with a cluster, but for files that cannot be read. */
export function clusterProblems(name: string, cluster: ClusterEntry): readonly Problem[] {
  const { origin } = cluster
  const problems: Problem[] = []
  if (cluster.server === '') {
    problems.push({
      message:
        name === ''
          ? 'default cluster has no server defined'
          : `no server found for cluster ${JSON.stringify(name)}`,
      hint: 'give the cluster a server: https://HOST:PORT',
      origin,
      field: 'server',
    })
  } else {
    problems.push(...serverProblems(name, cluster))
  }
  problems.push(...proxyProblems(name, cluster))
  if (cluster.certificateAuthority !== '' && cluster.certificateAuthorityData.length > 0) {
    const message =
      'certificate-authority-data and certificate-authority are both specified for ' +
      `${name}. certificate-authority-data will override.`
    problems.push({ message, hint: 'keep one of the two', origin, field: 'certificate-authority' })
  }
  return problems
}

function serverProblems(name: string, { server, origin }: ClusterEntry): readonly Problem[] {
  const address = readServerAddress(server)
  if (typeof address !== 'string') return []
  return [
    {
      message: `${address}: server of cluster ${JSON.stringify(name)}`,
      hint: 'write the server as https://HOST:PORT',
      origin,
      field: 'server',
      sides: [['server']],
    },
  ]
}

function proxyProblems(name: string, { proxyUrl, origin }: ClusterEntry): readonly Problem[] {
  if (proxyUrl === '') return []
  const why = proxyFault(proxyUrl)
  if (why === undefined) return []
  // The URL itself is not quoted: proxies often have a password in it.
  const message = `invalid 'proxy-url' for cluster ${JSON.stringify(name)}: ${why}`
  const hint = 'write it as http://HOST:PORT'
  return [{ message, hint, origin, field: 'proxy-url', sides: [['proxyUrl']] }]
}

function proxyFault(text: string): string | undefined {
  const url = readProxyUrl(text)
  if (url === undefined) return 'could not parse'
  const { scheme, host } = url
  if (!['http', 'https', 'socks5'].includes(scheme)) {
    // Before a colon alone may stand a user name.
    const named = text.includes('://') ? ` ${quotedIfHarmless(scheme)}` : ''
    return `unsupported scheme${named}, must be http, https, or socks5`
  }
  return host === '' ? 'no host' : undefined
}
