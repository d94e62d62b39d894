import type { Credential } from '../credential/credential.ts'
import { subscribe } from '../events/channels.ts'
import { IssuedToken } from '../token/service-account-token.ts'
import type { ServiceAccountTokenRequest } from '../token/token-subject.ts'

/** Which tokens the server refuses since their ServiceAccount was deleted or made anew. */
export class RevokedTokens {
  readonly #revoked = new WeakSet<Credential>()
  readonly #end: () => void

  /**
   * Listens from now on.
   *
   * @param account Whose tokens.
   * @param tokens Gives those that there are.
   */
  constructor(
    account: Pick<ServiceAccountTokenRequest, 'namespace' | 'name'>,
    tokens: () => Iterable<Credential>,
  ) {
    this.#end = subscribe('kubecred:token:recreated', (event) => {
      const { namespace, serviceAccount, previousUid } = event
      if (namespace !== account.namespace || serviceAccount !== account.name) return
      for (const token of tokens()) if (isOf(token, previousUid)) this.#revoked.add(token)
    })
  }

  /** Whether it is one of them. */
  has(token: Credential): boolean {
    return this.#revoked.has(token)
  }

  /** Listens no more. */
  close(): void {
    this.#end()
  }
}

/** In another cluster there may be an account of the same name, with another UID. */
function isOf(token: Credential, uid: string): boolean {
  const own = token instanceof IssuedToken ? token.serviceAccountUid : undefined
  return own === undefined || own === uid
}
