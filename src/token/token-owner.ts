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

/** Whether a token for this is bound to that owner. */
export function isBoundTo({ namespace, boundObject }: TokenSubject, owner: TokenOwner): boolean {
  const { kind = '', name, uid = '' } = boundObject ?? {}
  if ('uid' in owner) return uid !== '' && uid === owner.uid
  const isNamed = uid === '' && namespace === owner.namespace && name === owner.name
  return isNamed && kind.toLowerCase() === owner.kind.toLowerCase()
}
