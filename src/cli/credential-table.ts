import type { CredentialDescription, CredentialOrigin } from './credential-description.ts'
import { printable } from '../api/printable.ts'

/** The description for people to read. */
export function credentialTable(description: CredentialDescription, now: number): string {
  const { clientCertificate: certificate, renewalDueAt } = description
  return table([
    ['Source', originText(description.source)],
    ['Kubeconfig', description.files.join(', ')],
    ['Context', description.context],
    ['Cluster', description.cluster],
    ['User', description.user],
    ['Namespace', description.namespace],
    ['Server', description.server],
    ['Token', description.token],
    ['Username', description.username],
    ['Password', description.password],
    ['Certificate', certificate?.subject],
    ['Not before', certificate?.notBefore],
    ['Not after', certificate?.notAfter],
    ['Private key', certificate?.privateKeyPem.trimEnd()],
    ['Expires', endText(description, now)],
    ['Renewal due', renewalDueAt === undefined ? undefined : withDistance(renewalDueAt, now)],
  ])
}

function endText({ expiresAt, source }: CredentialDescription, now: number): string | undefined {
  if (expiresAt !== undefined) return withDistance(expiresAt, now)
  return source.kind === 'none' ? undefined : 'not said'
}

function originText(origin: CredentialOrigin): string {
  switch (origin.kind) {
    case 'exec':
      return `exec plugin "${origin.command}"`
    case 'token-file':
      return `token file ${origin.path}`
    case 'token':
      return 'token of the configuration'
    case 'basic':
      return 'user name and password of the configuration'
    case 'certificate':
      return 'client certificate of the configuration'
    case 'none':
      return 'none: requests are anonymous'
  }
}

type Row = readonly [name: string, value: string | undefined]

function table(rows: readonly Row[]): string {
  const shown = rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '')
  const width = Math.max(...shown.map(([name]) => name.length)) + 3
  return shown
    .map(([name, value]) => {
      const [first = '', ...more] = printable(value).split('\n')
      const lines = [
        `${name}:`.padEnd(width) + first,
        ...more.map((line) => ' '.repeat(width) + line),
      ]
      return `${lines.join('\n')}\n`
    })
    .join('')
}

function withDistance(time: string, now: number): string {
  const ms = Date.parse(time) - now
  return `${time} (${ms < 0 ? `${duration(-ms)} ago` : `in ${duration(ms)}`})`
}

/** The two largest units, as in `1d3h`. */
function duration(ms: number): string {
  let rest = Math.round(ms / 1000)
  const parts: string[] = []
  for (const [unit, seconds] of units) {
    const count = Math.floor(rest / seconds)
    rest -= count * seconds
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`)
  }
  return parts.length === 0 ? '0s' : parts.join('')
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const
