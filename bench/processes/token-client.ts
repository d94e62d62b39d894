import { setTimeout as sleep } from 'node:timers/promises'

import type { ServiceAccountTokenRequest, TokenClient } from '../../src/doors/token.ts'

/** Seconds that a token lives in the measurements where time does not matter. */
export const wholeLifeSeconds = 3600

const namespace = 'bench'
const tokenLength = 1024

/** How a token client answers; it may be changed between measurements. */
export interface Answers {
  /** What it takes for one. Default: it comes in the same turn of the event loop. */
  delayMs?: number
  /** What the reply says of the lifetime of a token. */
  lifetimeSeconds: number
  /** What is left of it when the reply comes. */
  leftSeconds: number
}

/** A token client that answers without a network, as the one of `test/cluster/tokens` does. */
export class BenchTokenClient {
  requests = 0
  readonly answers: Answers

  constructor(answers: Answers) {
    this.answers = answers
  }

  /** Its answer is a text, as from a server, so that it shares nothing with the request. */
  readonly client: TokenClient = async ({ path, body }) => {
    this.requests++
    const name = path.split('/').at(-2)
    // The manager has written it a moment ago.
    const { spec } = JSON.parse(body ?? '{}') as { readonly spec: object }
    const text = JSON.stringify({
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, uid: `account-of-${name}`, creationTimestamp: null },
      spec: { ...spec, expirationSeconds: this.answers.lifetimeSeconds },
      status: {
        token: tokenText(this.requests),
        expirationTimestamp: secondsAhead(this.answers.leftSeconds),
      },
    })
    const { delayMs } = this.answers
    if (delayMs !== undefined) await sleep(delayMs)
    return { statusCode: 201, body: text }
  }
}

/** The request for one of many pods, new each time. */
export function requestFor(number: number): ServiceAccountTokenRequest {
  return {
    namespace,
    name: `account-${number}`,
    audiences: ['https://kubernetes.default.svc'],
    expirationSeconds: wholeLifeSeconds,
    boundObject: { apiVersion: 'v1', kind: 'Pod', name: `pod-${number}`, uid: podUid(number) },
  }
}

/** The UID of that pod. */
export function podUid(number: number): string {
  return `8c5f4b0e-0000-4000-8000-${`${number}`.padStart(12, '0')}`
}

/** As long as a JWT, and of its letters. */
function tokenText(number: number): string {
  return `eyJhbGciOiJSUzI1NiJ9.${`${number}`.padStart(20, '0')}.`.padEnd(tokenLength, 's')
}

function secondsAhead(seconds: number): string {
  const at = new Date(Date.now() + seconds * 1000).toISOString()
  return at.replace(/\.\d+Z$/u, 'Z')
}
