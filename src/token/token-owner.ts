import type { TokenSubject } from './token-subject.ts'

/**
 * Whose end is the end of tokens: the ServiceAccount itself, or the object they are bound to, by its
 * UID or, where the requests gave none, by its name.
 */
export type TokenOwner =
  | { readonly uid: string }
  | {
      /** Kind of the bound object, `Pod` say; `ServiceAccount` for all tokens of one. */
      readonly kind: string
      readonly namespace: string
      readonly name: string
    }

/** Whether an owner is a ServiceAccount, whose tokens need not be bound to it. */
export function isAccount(
  owner: TokenOwner,
): owner is Extract<TokenOwner, { readonly kind: string }> {
  return 'kind' in owner && owner.kind.toLowerCase() === 'serviceaccount'
}

/** Whether a token for this goes when that owner does. */
export function isOwnedBy(subject: TokenSubject, owner: TokenOwner): boolean {
  if (!isAccount(owner)) return isBoundTo(subject, owner)
  return subject.namespace === owner.namespace && subject.name === owner.name
}

/** Whether a token for this is bound to that owner. */
export function isBoundTo({ namespace, boundObject }: TokenSubject, owner: TokenOwner): boolean {
  const { kind = '', name, uid = '' } = boundObject ?? {}
  if ('uid' in owner) return uid !== '' && uid === owner.uid
  const isNamed = uid === '' && namespace === owner.namespace && name === owner.name
  return isNamed && kind.toLowerCase() === owner.kind.toLowerCase()
}
