import { propertyTable, roughly, withDistance, type Property } from './property-table.ts'
import type { ObjectDescription, TokenDescription } from './token-description.ts'

/** The description for people to read. */
export function tokenTable(description: TokenDescription, now: number): string {
  const { serviceAccount, bound = [], audiences, issuedAt, notBefore } = description
  const at = (time: string | undefined): string | undefined => time && withDistance(time, now)
  return propertyTable([
    ['Token', kindText(description)],
    ['Issuer', description.issuer],
    ['Subject', description.subject],
    ['Username', description.username],
    ['Audiences', audiences.join('\n')],
    ['Namespace', description.namespace],
    ['ServiceAccount', serviceAccount && objectText(serviceAccount)],
    ['Bound to', bound.map((object) => `${object.kind} ${objectText(object)}`).join('\n')],
    ['ID', description.id],
    ['Issued', at(issuedAt)],
    ['Not before', notBefore === issuedAt ? undefined : at(notBefore)],
    ...lifeRows(description, now),
    ['Signature', 'neither shown nor checked: only a server can tell whether the token is good'],
  ])
}

function kindText({ kind }: TokenDescription): string {
  return kind === 'ServiceAccount'
    ? "a ServiceAccount's"
    : "not a ServiceAccount's; this is what it says by the names that all JSON Web Tokens share"
}

function objectText({ name, uid }: ObjectDescription): string {
  return uid === undefined ? name : `${name} (UID ${uid})`
}

function lifeRows(
  { kind, issuedAt, expiresAt, expired, warnAfter, renewalDueAt }: TokenDescription,
  now: number,
): readonly Property[] {
  if (expiresAt === undefined) {
    const never =
      'never: it is of the kind that stands in a Secret, and good as long as that is there\n' +
      'kubecred token create gets one that ends'
    return [['Expires', kind === 'ServiceAccount' ? never : 'not said']]
  }
  const end = withDistance(expiresAt, now)
  return [
    ['Expires', expired ? `${end}\nit is over: the server refuses it` : end],
    ['Stale after', warnAfter && extensionText(warnAfter, issuedAt, now)],
    [
      'Renewal due',
      renewalDueAt &&
        `${withDistance(renewalDueAt, now)}\nat the latest, by the kubelet: after 80 % of its life, or a day`,
    ],
  ]
}

function extensionText(warnAfter: string, issuedAt: string | undefined, now: number): string {
  const life = issuedAt && roughly(Date.parse(warnAfter) - Date.parse(issuedAt))
  return (
    `${withDistance(warnAfter, now)}\n` +
    `${life ? `asked for was ${life}; ` : ''}the server gives more, for programs that read their file only once,\n` +
    'and from then on counts the token as stale, but takes it'
  )
}
