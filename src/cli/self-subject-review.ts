import { CommandError } from './command-error.ts'
import { elementsOf, membersOf, parseJson, textOf } from '../api/json-shape.ts'
import { serverErrorText } from './server-error.ts'
import { statusOf, type RefusingResponse } from '../api/server-status.ts'

/** Whom a server takes the caller for. */
export interface ServerUser {
  readonly username: string
  readonly uid?: string
  readonly groups: readonly string[]
  /** What the server's authenticator adds, by name. */
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** A question to the server: a path to POST to, and what to send. */
export interface ReviewQuestion {
  readonly path: string
  readonly body: string
}

/** What came of a question. */
export type ReviewAnswer =
  | { readonly kind: 'user'; readonly user: ServerUser }
  /** The server does not know the question. */
  | { readonly kind: 'unknown' }
  /** In the words for stderr; `unauthorized` for a 401. */
  | { readonly kind: 'refused'; readonly text: string; readonly unauthorized: boolean }

/** The question who one is, in all its versions, the latest first. */
export const reviewQuestions: readonly ReviewQuestion[] = ['v1', 'v1beta1', 'v1alpha1'].map(
  (version) => ({
    path: `/apis/authentication.k8s.io/${version}/selfsubjectreviews`,
    body: JSON.stringify({
      kind: 'SelfSubjectReview',
      apiVersion: `authentication.k8s.io/${version}`,
    }),
  }),
)

/**
 * What a response means.
 *
 * @throws {@link CommandError} When it may not be asked, or the answer is none.
 */
export function answerOf(response: RefusingResponse): ReviewAnswer {
  const { statusCode, body } = response
  if (statusCode === 404) return { kind: 'unknown' }
  if (statusCode === 403) throw forbidden(response)
  if (statusCode >= 300) {
    const text = serverErrorText(response)
    return { kind: 'refused', text, unauthorized: statusCode === 401 }
  }
  const user = userIn(body)
  if (user !== undefined) return { kind: 'user', user }
  throw new CommandError('the server did not answer with a SelfSubjectReview', {
    hint: 'is this the address of an API server? kubecred request /version asks for its version',
  })
}

function forbidden(response: RefusingResponse): CommandError {
  return new CommandError(
    'the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it',
    // It often names the user.
    { cause: new Error(statusOf(response).message), hint: 'kubecred credential asks no server' },
  )
}

function userIn(body: string): ServerUser | undefined {
  const review = membersOf(parseJson(body))
  if (review['kind'] !== 'SelfSubjectReview') return undefined
  const { username, uid, groups, extra } = membersOf(membersOf(review['status'])['userInfo'])
  const more = Object.entries(membersOf(extra)).map(
    ([key, values]) => [key, texts(values)] as const,
  )
  return {
    username: textOf(username),
    ...(textOf(uid) === '' ? {} : { uid: textOf(uid) }),
    groups: texts(groups),
    ...(more.length === 0 ? {} : { extra: Object.fromEntries(more) }),
  }
}

function texts(value: unknown): readonly string[] {
  return elementsOf(value).map(textOf)
}
