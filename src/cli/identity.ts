import type { CredentialDescription } from './credential-description.ts'
import { credentialTable } from './credential-table.ts'
import { printable } from '../api/printable.ts'
import type { ServerUser } from './self-subject-review.ts'
import type { TokenClaims } from './token-claims.ts'

/** Who one is to the server, and by which credential: what `kubecred whoami -o json` prints. */
export interface Identity {
  /** Whom the server takes the caller for; missing when it is too old to be asked. */
  readonly user?: ServerUser
  /** What the token says instead; only where `user` is missing, and the token says something. */
  readonly claims?: TokenClaims
  /** The credential that was presented, without secrets. */
  readonly credential: CredentialDescription
}

/** The identity for people to read; what is about the user as `kubectl auth whoami` prints it. */
export function identityTable({ user, claims, credential }: Identity, now: number): string {
  const about = user === undefined ? claimRows(claims ?? {}) : userRows(user)
  const table = credentialTable(credential, now)
  return about.length === 0 ? table : `${attributeTable(about)}\n${table}`
}

type Row = readonly [attribute: string, value: string]

function userRows({ username, uid = '', groups, extra = {} }: ServerUser): Row[] {
  const rows: readonly Row[] = [
    ['Username', username],
    ['UID', uid],
    ['Groups', groups.length === 0 ? '' : list(groups)],
  ]
  const names = Object.keys(extra).toSorted()
  return [
    ...rows.filter(([, value]) => value !== ''),
    ...names.map((name): Row => [`Extra: ${name}`, list(extra[name] ?? [])]),
  ]
}

function claimRows({ issuer = '', subject = '', username = '' }: TokenClaims): Row[] {
  const rows: readonly Row[] = [
    ['Token issuer', issuer],
    ['Token subject', subject],
    ['Token username', username],
  ]
  return rows.filter(([, value]) => value !== '')
}

/** A list the way Go prints it. */
function list(values: readonly string[]): string {
  return `[${values.join(' ')}]`
}

function attributeTable(rows: readonly Row[]): string {
  const all = [['ATTRIBUTE', 'VALUE'] as const, ...rows].map(
    ([attribute, value]) => [printable(attribute), printable(value)] as const,
  )
  const width = Math.max(...all.map(([attribute]) => attribute.length)) + 3
  return all.map(([attribute, value]) => `${attribute.padEnd(width)}${value}\n`).join('')
}
