import { publish } from '../events/channels.ts'
import { itemsOf, withItem, withoutItem, type Few } from './few.ts'
import type { Fetched } from './token-api.ts'

/** What hangs on a ServiceAccount: it is told when the one of this name is another one. */
export interface AccountMember {
  /**
   * Drops what it holds of any other ServiceAccount than the one with this UID.
   *
   * @returns Whether it held some.
   */
  keepOnly(uid: string | undefined): boolean
}

/** How news of a ServiceAccount stand to what was known. */
export type News = 'agrees' | 'recreated' | 'outdated'

/** A ServiceAccount as replies show it, to know when it is another one under its name. */
export class Account<Member extends AccountMember = AccountMember> {
  readonly namespace: string
  readonly name: string
  #members: Few<Member>
  #uid: string | undefined
  // Point in the manager's count at which the UID was learnt.
  #learntAt = -1

  constructor(namespace: string, name: string) {
    this.namespace = namespace
    this.name = name
  }

  /** Tells `member` of changes from now on. */
  admit(member: Member): void {
    this.#members = withItem(this.#members, member)
  }

  /** All whom it tells. */
  members(): readonly Member[] {
    return itemsOf(this.#members)
  }

  /** Tells `member` nothing any more. @returns Whether nobody is left. */
  dismiss(member: Member): boolean {
    this.#members = withoutItem(this.#members, member)
    return this.#members === undefined
  }

  /** The UID that it had when it was last heard of; undefined when that is not known. */
  get uid(): string | undefined {
    return this.#uid
  }

  /** Learns the UID in a reply; what it holds of the old account is dropped when there is a new one. */
  learn({ value: uid, sent, got }: Fetched<string | undefined>): News {
    const known = this.#uid
    // The request left before the other UID was known: whose answer is the older one cannot be told.
    if (known !== uid && sent < this.#learntAt) return 'outdated'
    this.#uid = uid
    this.#learntAt = got
    if (known === undefined || known === uid) return 'agrees'
    this.#drop(known)
    return 'recreated'
  }

  #drop(previousUid: string): void {
    const dropped = itemsOf(this.#members).filter((member) => member.keepOnly(this.#uid)).length
    publish('kubecred:token:recreated', () => ({
      namespace: this.namespace,
      serviceAccount: this.name,
      previousUid,
      uid: this.#uid,
      dropped,
    }))
  }
}
