import type {
  ServiceAccountToken,
  ServiceAccountTokenRequest,
  TokenManagerOptions,
} from '../../src/doors/token.ts'
import { TokenManager } from '../../src/doors/token.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { FakeTokenServer } from './fake-token-server.ts'

export const minute = 60_000
export const hour = 3_600_000
export const build: ServiceAccountTokenRequest = { namespace: 'ci', name: 'build' }

/** A manager whose server, clock and jitter are in the hands of the test. */
export interface ManagerStage {
  readonly server: FakeTokenServer
  readonly manager: TokenManager
}

export function managerStage(options: Partial<TokenManagerOptions> = {}): ManagerStage {
  const server = new FakeTokenServer()
  const { client, clock } = server
  const own = { client, clock, random: () => 0, node: 'node-1' }
  return { server, manager: new TokenManager({ ...own, ...options }) }
}

/** The same account, for another audience. */
export function forAudience(audience: string): ServiceAccountTokenRequest {
  return { ...build, audiences: [audience] }
}

/** The same account, bound to the pod of this UID. */
export function boundTo(uid: string): ServiceAccountTokenRequest {
  return { ...build, boundObject: { kind: 'Pod', apiVersion: 'v1', name: 'pod', uid } }
}

/** Which of the server's tokens it is, counted from 1. */
export function numberOf({ token }: Pick<ServiceAccountToken, 'token'>): number {
  const [text = ''] = token.reveal().split('.')
  return Number(text.slice(plantedSecret.length + 1))
}

/** What became of a promise of a token: its number, or the error; 'pending' so far. */
export function outcomeOf(promise: Promise<ServiceAccountToken>): { value: unknown } {
  const outcome: { value: unknown } = { value: 'pending' }
  promise.then(
    (token) => {
      outcome.value = numberOf(token)
    },
    (error: unknown) => {
      outcome.value = error
    },
  )
  return outcome
}
