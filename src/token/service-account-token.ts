import { bearer, fingerprintOf, type Credential } from '../credential/credential.ts'
import { Secret } from '../credential/secret.ts'
import { sharedList } from './shared-list.ts'
import type { GrantedLife, ReceivedLife } from './token-schedule.ts'
import type { TokenSubject } from './token-subject.ts'

/** A token of a ServiceAccount, which is a credential like any other; frozen. */
export interface ServiceAccountToken extends Credential, GrantedLife {
  readonly token: Secret
  readonly certificate: undefined
  readonly authorization: Secret
  /** End of the token by the reply, milliseconds since the epoch: the token itself may last longer. */
  readonly expiresAt: number
  /** Lifetime that the server granted, seconds. */
  readonly expirationSeconds: number
  readonly namespace: string
  /** Name of the ServiceAccount. */
  readonly serviceAccount: string
  /** Whom it is meant for, as the server filled it in. */
  readonly audiences: readonly string[]
  /** UID of the ServiceAccount; undefined when neither the reply nor the token tells it. */
  readonly serviceAccountUid: string | undefined
}

/** What all tokens for one request have in common. */
export interface TokenOrigin {
  readonly subject: TokenSubject
  /** Its place in the schedule, see `spreadLife`. */
  readonly place: number
}

/** What a reply says. */
export interface TokenParts extends ReceivedLife {
  readonly token: string
  readonly audiences: readonly string[]
  readonly serviceAccountUid: string | undefined
}

/** A {@link ServiceAccountToken} that knows where it came from, and holds as little as it can. */
export class IssuedToken implements ServiceAccountToken {
  readonly token: Secret
  readonly expiresAt: number
  readonly expirationSeconds: number
  readonly audiences: readonly string[]
  readonly serviceAccountUid: string | undefined
  readonly #receivedAt: number
  readonly #origin: TokenOrigin
  // Made when it is first spent: it is as long as the token.
  #authorization: Secret | undefined

  /** @throws {@link KubecredError} `ERR_CREDENTIAL_INVALID` for a token that cannot stand in a header. */
  constructor(parts: TokenParts, origin: TokenOrigin) {
    bearer(parts.token)
    this.token = new Secret(parts.token)
    this.expiresAt = parts.expiresAt
    this.expirationSeconds = parts.expirationSeconds
    this.audiences = sharedList(parts.audiences, origin.subject.audiences)
    this.serviceAccountUid = parts.serviceAccountUid
    this.#receivedAt = parts.receivedAt
    this.#origin = origin
    Object.freeze(this)
  }

  get certificate(): undefined {
    return undefined
  }

  get fingerprint(): string {
    return fingerprintOf(bearer(this.token.reveal()), undefined)
  }

  get namespace(): string {
    return this.#origin.subject.namespace
  }

  get serviceAccount(): string {
    return this.#origin.subject.name
  }

  get authorization(): Secret {
    return (this.#authorization ??= new Secret(bearer(this.token.reveal())))
  }

  /** When it came from the server, in this run of the program or in an earlier one. */
  static receivedAt(token: IssuedToken): number {
    return token.#receivedAt
  }

  /** Where a token came from; undefined for a credential that is none of these. */
  static originOf(credential: Credential): TokenOrigin | undefined {
    return credential instanceof IssuedToken ? credential.#origin : undefined
  }
}
