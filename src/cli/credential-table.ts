import type { CredentialDescription, CredentialOrigin } from './credential-description.ts'
import { propertyTable, withDistance } from './property-table.ts'

/** The description for people to read. */
export function credentialTable(description: CredentialDescription, now: number): string {
  const { clientCertificate: certificate, renewalDueAt } = description
  return propertyTable([
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
