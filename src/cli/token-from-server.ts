import { membersOf, parseJson, textOf } from '../api/json-shape.ts'
import { statusOf } from '../api/server-status.ts'
import {
  tokenRefusalHint,
  tokenRequestJson,
  tokenRequestPath,
  type TokenRequestSpec,
} from '../api/token-request.ts'
import { KubecredError } from '../doors/index.ts'
import { askCluster, type Conversation } from './ask-cluster.ts'
import { CommandError } from './command-error.ts'
import type { GlobalFlags } from './global-flags.ts'
import type { RetryFlags } from './retry-flags.ts'
import type { Session } from './session.ts'

/** A token that was got, and when it was asked for. */
export interface ServersToken {
  /** The TokenRequest that came back. */
  readonly answer: Readonly<Record<string, unknown>>
  readonly token: string
  /** Milliseconds since the epoch, by this machine's clock. */
  readonly askedAt: number
}

/**
 * Gets a new token of a ServiceAccount.
 *
 * @throws {@link CommandError}, {@link KubecredError} As `chooseTarget`; with kubectl's words before those of
 *   the server, or of what failed on the way to it.
 */
export async function tokenFromServer(
  name: string,
  wish: TokenRequestSpec,
  flags: GlobalFlags & RetryFlags,
  session: Session,
): Promise<ServersToken> {
  return await askCluster(flags, session, async (conversation) => {
    const askedAt = session.terminal.clock.now()
    const answer = await ask(name, wish, conversation)
    const token = textOf(membersOf(answer['status'])['token'])
    if (token !== '') return { answer, token, askedAt }
    throw new CommandError('failed to create token: no token in server response', {
      hint: 'is this the address of an API server? kubecred request /version asks for its version',
    })
  })
}

async function ask(
  name: string,
  wish: TokenRequestSpec,
  { config, post, failure }: Conversation,
): Promise<ServersToken['answer']> {
  const path = tokenRequestPath(config.namespace, name)
  const response = await post(path, tokenRequestJson(wish)).catch((error: unknown) => {
    throw failedToCreate(error)
  })
  const { statusCode, body } = response
  if (statusCode < 300) return membersOf(parseJson(body))
  const { message, causes } = statusOf(response)
  const words = message === '' ? causes.map((cause) => cause.message).join(', ') : message
  const why = statusCode === 401 ? failure() : undefined
  throw new CommandError(`failed to create token: ${words}`, {
    hint:
      statusCode === 404
        ? `the namespace is ${config.namespace}; -n names another`
        : tokenRefusalHint(statusCode),
    ...(why === undefined ? {} : { cause: new Error(`no new credential: ${why}`) }),
  })
}

/** The same failure in kubectl's frame. */
function failedToCreate(error: unknown): unknown {
  if (!(error instanceof KubecredError)) return error
  const { code, message, hint, details } = error
  return new KubecredError(code, `failed to create token: ${message}`, {
    hint,
    details,
    ...('cause' in error ? { cause: error.cause } : {}),
  })
}
