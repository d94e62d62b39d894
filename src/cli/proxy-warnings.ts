import { statSync } from 'node:fs'

import type { ConnectionConfig } from '../doors/index.ts'
import { paint } from './paint.ts'
import type { ProxyFlags } from './proxy-flags.ts'
import type { Terminal } from './terminal.ts'

/** What whoever starts a proxy like this should know. */
export function proxyWarnings(
  { address, unixSocket, disableFilter, appendServerPath, www, metricsAddress }: ProxyFlags,
  { server }: Pick<ConnectionConfig, 'server'>,
  terminal: Pick<Terminal, 'colour'>,
): string[] {
  const warnings: string[] = []
  const { pathname } = new URL(server.url)
  if (pathname !== '/' && appendServerPath !== true) {
    warnings.push(
      `Your kube context contains a server path ${pathname}, ` +
        'use --append-server-path to automatically append the path to each request',
    )
  }
  if (unixSocket === undefined && disableFilter === true) {
    warnings.push(
      'Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious',
    )
  }
  if (unixSocket === undefined && !/^(?:127\.|::1$|localhost$)/u.test(address)) {
    warnings.push(`whoever can reach ${address} acts as you`)
  }
  if (metricsAddress !== undefined && !/^(?:127\.|\[::1\]|localhost:|$)/u.test(metricsAddress)) {
    warnings.push(`whoever can reach ${metricsAddress} can read the metrics`)
  }
  const trouble = www === undefined || www === '' ? undefined : troubleWith(www)
  if (trouble !== undefined) warnings.push(trouble)
  return warnings.map((warning) => `${paint('Warning:', 'yellow', terminal)} ${warning}`)
}

function troubleWith(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found === undefined) {
    return `Failed to stat static file directory ${folder}: stat ${folder}: no such file or directory`
  }
  return found.isDirectory() ? undefined : `Static file directory ${folder} is not a directory`
}
