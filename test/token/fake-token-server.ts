import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import type {
  TokenClient,
  TokenClientAnswer,
  TokenClientRequest,
} from '../../src/api/token-client.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'

/** A request that the server has got and not answered yet. */
export interface Call extends TokenClientRequest {
  /** Answers with this; without an argument as an API server would. */
  answer(own?: TokenClientAnswer): Promise<void>
  /** The connection is lost under it. */
  fail(error: unknown): Promise<void>
}

/** A TokenRequest API in memory, whose answers come at once or when the test says so. */
export class FakeTokenServer {
  readonly clock: FakeClock = createFakeClock()
  /** All requests so far. */
  readonly calls: Call[] = []
  /** UID of each ServiceAccount, by `namespace/name`. Default: `uid-1`. */
  readonly uids: Map<string, string> = new Map<string, string>()
  /** Whether answers come by themselves. */
  answersAtOnce = true
  /** Lifetime that it grants, seconds, whatever was asked for. */
  grants = 3600
  /** Says what it leaves out of replies: older servers give no UID. */
  givesUid = true
  /** Whether its tokens say themselves whose they are. */
  jwt = false
  /** Whether replies tell the lifetime that was granted. */
  givesSeconds = true
  /** Warnings that come with its replies, as they stand in the header. */
  warnings: readonly string[] = []
  /** What it answers instead of a token. */
  refuses: TokenClientAnswer | undefined
  #tokens = 0
  readonly #uids = new Map<number, string>()

  readonly client: TokenClient = (request) => {
    const { promise, resolve, reject } = Promise.withResolvers<TokenClientAnswer>()
    const call: Call = {
      ...request,
      answer: async (own) => {
        resolve(own ?? this.reply(request))
        await settled()
      },
      fail: async (error) => {
        reject(error)
        await settled()
      },
    }
    this.calls.push(call)
    if (this.answersAtOnce) resolve(this.refuses ?? this.reply(request))
    return promise
  }

  /** The request with this number, counted from 0; fails when there is none. */
  call(number: number): Call {
    const call = this.calls[number]
    if (call === undefined) throw new Error(`there were ${this.calls.length} requests only`)
    return call
  }

  /** What an API server would answer. */
  reply({ method, path, body }: TokenClientRequest): TokenClientAnswer {
    const [, , , , namespace = '', , name = ''] = path.split('/')
    const uid = this.uids.get(`${namespace}/${name}`) ?? 'uid-1'
    if (method === 'GET') return { statusCode: 200, body: JSON.stringify({ metadata: { uid } }) }
    // The manager writes it; the test of its form is elsewhere.
    const { spec } = JSON.parse(body ?? '{}') as { readonly spec: object }
    const expirationTimestamp = new Date(this.clock.now() + this.grants * 1000).toISOString()
    const number = ++this.#tokens
    this.#uids.set(number, uid)
    return {
      statusCode: 201,
      headers: { warning: this.warnings },
      body: JSON.stringify({
        kind: 'TokenRequest',
        metadata: this.givesUid ? { uid } : {},
        spec: { ...spec, ...(this.givesSeconds ? { expirationSeconds: this.grants } : {}) },
        status: { token: this.#token(number, uid), expirationTimestamp },
      }),
    }
  }

  /** Number of the last token that it gave, counted from 1. */
  get lastToken(): number {
    return this.#tokens
  }

  /** UID of the account that the token with this number was given for. */
  uidOfToken(number: number): string | undefined {
    return this.#uids.get(number)
  }

  #token(number: number, uid: string): string {
    const token = `${plantedSecret}-${number}`
    if (!this.jwt) return token
    // A year, whatever the reply says.
    const exp = Math.floor(this.clock.now() / 1000) + 365 * 86_400
    const claims = { exp, 'kubernetes.io': { serviceaccount: { name: 'build', uid } } }
    return `${token}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`
  }
}

/** Lets everything happen that can happen without time passing. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve)
  })
}
