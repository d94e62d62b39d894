import type { Secret } from '../../src/doors/index.ts'
import type { AdminClient } from './admin-client.ts'

/** What the API server thinks of a token: TokenReviewStatus, as far as tests look at it. */
export interface Review {
  readonly authenticated?: boolean
  readonly user?: {
    readonly username: string
    readonly uid: string
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
  readonly audiences?: readonly string[]
  readonly error?: string
}

/**
 * Asks the API server about a token.
 *
 * @param audiences Whom it may be meant for. Default: the API server itself.
 */
export async function reviewOf(
  admin: AdminClient,
  { token }: { readonly token: Secret },
  audiences?: readonly string[],
): Promise<Review> {
  const { status } = await admin.call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token: token.reveal(), ...(audiences && { audiences }) },
  })
  return status as Review
}
