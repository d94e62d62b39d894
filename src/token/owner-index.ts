import { itemsOf, withItem, withoutItem, type Few } from './few.ts'
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

/** Finds what belongs to an owner without looking at anything else. */
export class OwnerIndex<Item extends object> {
  readonly #owned = new Map<string, Few<Item>>()

  /** Adds what is wanted for `subject`. */
  add(subject: TokenSubject, item: Item): void {
    const key = boundKey(subject)
    if (key !== undefined) this.#owned.set(key, withItem(this.#owned.get(key), item))
  }

  /** Takes it out again. */
  remove(subject: TokenSubject, item: Item): void {
    const key = boundKey(subject)
    if (key === undefined) return
    const rest = withoutItem(this.#owned.get(key), item)
    if (rest === undefined) this.#owned.delete(key)
    else this.#owned.set(key, rest)
  }

  /** All that is bound to an owner. */
  ownedBy(owner: TokenOwner): readonly Item[] {
    return itemsOf(this.#owned.get('uid' in owner ? `uid ${owner.uid}` : nameKey(owner)))
  }
}

/** Under what a token stands: the UID of what it is bound to, or else its name. */
function boundKey({ namespace, boundObject }: TokenSubject): string | undefined {
  const { kind = '', name = '', uid = '' } = boundObject ?? {}
  if (uid !== '') return `uid ${uid}`
  return name === '' ? undefined : nameKey({ kind, namespace, name })
}

function nameKey({
  kind,
  namespace,
  name,
}: Extract<TokenOwner, { readonly kind: string }>): string {
  // Pods, Secrets and Nodes: a word of letters, so that no two owners share a key.
  return `${kind.toLowerCase()} ${namespace}/${name}`
}
