import { membersOf, textOf } from '../api/json-shape.ts'
import { serviceAccountClaims } from '../api/service-account-claims.ts'
import {
  readTokenReply,
  serviceAccountPath,
  tokenRequestJson,
  tokenRequestPath,
} from '../api/token-request.ts'
import { warningsIn } from '../api/warnings.ts'
import type { Clock } from '../credential/clock.ts'
import { follow } from '../credential/follow.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import { discoversTokenRequest } from './discovery.ts'
import type { Asking, Outcome, Passage, RequestGate } from './request-gate.ts'
import { sendWithin } from './send-within.ts'
import type { TokenParts } from './service-account-token.ts'
import { headerValues, type TokenClient, type TokenClientAnswer } from '../api/token-client.ts'
import { isStatus, objectIn, saysNoAccount, tokenRefusal } from './token-error.ts'
import type { TokenSubject } from './token-subject.ts'

/** Where the requests of a token manager go, and by what rules. */
export interface TokenApiPlan {
  readonly client: TokenClient
  readonly gate: RequestGate
  /** Longest that a request may take once it was sent, milliseconds. */
  readonly requestTimeoutMs: number
  readonly clock: Clock
  /** Aborted when the manager closes. */
  readonly closing: AbortSignal
}

/** What a request brought, and at which points of the manager's own count it left and came back. */
export interface Fetched<Value> {
  readonly value: Value
  readonly sent: number
  readonly got: number
}

/** The requests that a token manager makes. */
export class TokenApi {
  readonly #plan: TokenApiPlan
  #count = 0
  // Only a good answer is remembered: the kubelet keeps one for ever that it did not get.
  #isKnownToServe = false

  constructor(plan: TokenApiPlan) {
    this.#plan = plan
  }

  /** Why no request goes out, as long as the server has asked to be left alone. */
  get pauseError(): KubecredError | undefined {
    return this.#plan.gate.pauseError
  }

  /**
   * A new token; where the server says that there is no such ServiceAccount, its refusal.
   *
   * @throws {@link KubecredError} `ERR_TOKEN_REQUEST`, `ERR_TOKEN_REPLY`, `ERR_CONNECTION`, `ERR_TIMEOUT`, and
   *   what the client itself throws of that class.
   */
  async requestToken(
    subject: TokenSubject,
    asking: Asking,
  ): Promise<Fetched<TokenParts | KubecredError>> {
    const path = tokenRequestPath(subject.namespace, subject.name)
    return await this.#through(asking, async (send) => {
      const request = { method: 'POST', path, body: tokenRequestJson(subject) } as const
      const answer = await send(request)
      publishWarnings(subject, answer)
      if (answer.statusCode === 404 && !(await this.#servesTokenRequest(send))) {
        const hint = 'a Kubernetes API server has had it since 1.10; is this one?'
        const message = 'the API server does not have TokenRequest endpoints enabled'
        throw new KubecredError('ERR_TOKEN_REQUEST', message, {
          hint,
          details: { statusCode: 404 },
        })
      }
      if (saysNoAccount(answer, subject.name)) return tokenRefusal(answer, 'POST')
      return partsOf(objectIn(answer, 'POST'), this.#plan.clock)
    })
  }

  /** UID of a ServiceAccount; undefined when the server says that there is none. Throws as {@link TokenApi.requestToken}. */
  async accountUid(
    account: Pick<TokenSubject, 'namespace' | 'name'>,
    asking: Asking,
  ): Promise<Fetched<string | undefined>> {
    const path = serviceAccountPath(account.namespace, account.name)
    return await this.#through(asking, async (send) => {
      const request = { method: 'GET', path, body: undefined } as const
      const answer = await send(request)
      // What knows nothing of Kubernetes answers 404 to all paths.
      if (answer.statusCode === 404 && isStatus(answer)) return undefined
      const uid = textOf(membersOf(membersOf(objectIn(answer, 'GET'))['metadata'])['uid'])
      if (uid === '') throw replyError('the answer is no ServiceAccount')
      return uid
    })
  }

  async #servesTokenRequest(send: Send): Promise<boolean> {
    if (this.#isKnownToServe) return true
    const serves = await discoversTokenRequest(send)
    this.#isKnownToServe = serves === true
    return serves ?? true
  }

  async #through<Value>(
    asking: Asking,
    fetchWith: (send: Send) => Promise<Value>,
  ): Promise<Fetched<Value>> {
    const { client, gate, requestTimeoutMs, clock, closing } = this.#plan
    const stop = new AbortController()
    const ends = [follow(asking.signal, stop), follow(closing, stop)]
    const { signal } = stop
    let passage: Passage | undefined
    let outcome: Outcome = 'abandoned'
    try {
      passage = await gate.enter({ ...asking, signal })
      const sent = ++this.#count
      const value = await fetchWith((request) =>
        sendWithin(requestTimeoutMs, clock, client, { ...request, signal }),
      )
      outcome = 'answered'
      return { value, sent, got: ++this.#count }
    } catch (error) {
      if (!signal.aborted) outcome = { error }
      throw error
    } finally {
      passage?.leave(outcome)
      for (const end of ends) end()
    }
  }
}

/** Sends a request as part of one passage through the gate. */
export type Send = (request: {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body: string | undefined
}) => Promise<TokenClientAnswer>

function partsOf(object: unknown, clock: Clock): TokenParts {
  const result = readTokenReply(object)
  if ('problem' in result) {
    throw replyError(result.problem)
  }
  const { reply } = result
  const receivedAt = clock.now()
  const leftSeconds = Math.max(Math.floor((reply.expiresAt - receivedAt) / 1000), 0)
  const { expirationSeconds = leftSeconds } = reply
  const serviceAccountUid =
    reply.serviceAccountUid ?? serviceAccountClaims(reply.token)?.serviceAccount.uid
  const uid = serviceAccountUid || undefined
  return { ...reply, expirationSeconds, receivedAt, serviceAccountUid: uid }
}

function replyError(problem: string): KubecredError {
  const hint = 'is there something else between here and the API server?'
  return new KubecredError('ERR_TOKEN_REPLY', problem, { hint })
}

function publishWarnings({ namespace, name }: TokenSubject, answer: TokenClientAnswer): void {
  const rawHeaders = headerValues(answer, 'warning').flatMap((value) => ['warning', value])
  for (const warning of warningsIn(rawHeaders)) {
    publish('kubecred:token:warning', () => ({ namespace, serviceAccount: name, warning }))
  }
}
