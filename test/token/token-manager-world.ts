import type { TokenClientAnswer } from '../../src/api/token-client.ts'
import type { ServiceAccountToken, ServiceAccountTokenRequest } from '../../src/doors/token.ts'
import { TokenManager } from '../../src/doors/token.ts'
import { FakeTokenServer, settled } from './fake-token-server.ts'
import { numberOf } from './manager-stage.ts'

/** How a world is made. */
export interface TokenWorldSettings {
  readonly maxInFlight: number
  /** Lifetime of its tokens, seconds. */
  readonly grants: number
}

/** A request on its way. The server has decided when it came, and answers when it comes to that. */
interface Flying {
  readonly path: string
  readonly body: string | undefined
  readonly account: string
  readonly signal: AbortSignal
  readonly reply: TokenClientAnswer
  readonly generation: number
  readonly sentAt: number
  /** Number and end of the token in the reply. */
  readonly number: number
  readonly endsAt: number
  readonly answer: PromiseWithResolvers<TokenClientAnswer>
  isOver: boolean
}

interface Asked {
  readonly leaver: AbortController
  isPending: boolean
}

/** A ServiceAccount as the server has it, and what the manager must know of it. */
interface AccountState {
  /** Grows each time that it is made anew; its UID bears it. */
  generation: number
  known: number
  toldAt: number
  /** Its tokens were dropped under those who waited for them: what comes late may overlap what is new. */
  wasRemoved: boolean
}

const names = ['one', 'two']
const audiences = [undefined, ['a'], ['b']]
const requests: readonly ServiceAccountTokenRequest[] = names.flatMap((name) =>
  audiences.map((list) => ({
    namespace: 'ci',
    name,
    ...(list === undefined ? {} : { audiences: list }),
    boundObject: { kind: 'Pod', apiVersion: 'v1', name: 'pod', uid: `pod-of-${name}` },
  })),
)

/**
 * A token manager and everything around it. It notes each promise that the manager breaks, from what went in
 * and what came out, and knows nothing of how the manager decides.
 */
export class TokenWorld {
  readonly broken: string[] = []
  readonly #server = new FakeTokenServer()
  readonly #settings: TokenWorldSettings
  readonly #manager: TokenManager
  readonly #flying: Flying[] = []
  readonly #asked: Asked[] = []
  readonly #got: ServiceAccountToken[] = []
  /** Tokens that had ended when they came: they serve those who asked for them. */
  readonly #late = new Set<number>()
  readonly #accounts = new Map<string, AccountState>()
  /** What the manager was told, and hears a few turns of the microtask queue later. */
  readonly #news: (() => void)[] = []
  #count = 0
  #closed = false

  constructor({ maxInFlight, grants }: TokenWorldSettings) {
    this.#settings = { maxInFlight, grants }
    this.#server.grants = grants
    for (const name of names) {
      this.#accounts.set(name, { generation: 0, known: 0, toldAt: 0, wasRemoved: false })
      this.recreate(names.indexOf(name))
    }
    this.#manager = new TokenManager({
      maxInFlight,
      clock: this.#server.clock,
      random: () => 0.3,
      node: 'node-1',
      checkAccountsMs: 120_000,
      client: (request) => this.#send(request),
    })
  }

  get requestCount(): number {
    return this.#flying.length
  }

  get tokenCount(): number {
    return this.#got.length
  }

  // What the program does.

  get(which: number): void {
    const request = requests[which % requests.length]
    if (request === undefined) return
    this.#watch((signal) => this.#manager.getServiceAccountToken(request, { signal }))
  }

  rejected(which: number): void {
    const token = this.#got.at(-1 - which)
    if (token !== undefined) this.#watch((signal) => this.#manager.rejected(token, { signal }))
  }

  abort(which: number): void {
    const pending = this.#asked.filter(({ isPending }) => isPending)
    pick(pending, which)?.leaver.abort('gone')
  }

  remove(which: number): void {
    const name = names[which % names.length] ?? ''
    this.#account(name).wasRemoved = true
    if (which % 4 < 2) this.#manager.deleteServiceAccountToken(`pod-of-${name}`)
    else this.#manager.deleteTokensOf({ kind: 'ServiceAccount', namespace: 'ci', name })
  }

  // What the server does.

  recreate(which: number): void {
    const name = names[which % names.length] ?? ''
    const account = this.#account(name)
    account.generation++
    this.#server.uids.set(`ci/${name}`, `${name}-${account.generation}`)
  }

  give(which: number): void {
    const flight = pick(this.#inTheAir(), which)
    if (flight === undefined) return
    flight.isOver = true
    this.#tell(flight)
    if (flight.endsAt < this.#server.clock.now()) this.#late.add(flight.number)
    flight.answer.resolve(flight.reply)
  }

  fail(which: number): void {
    const flight = pick(this.#inTheAir(), which)
    if (flight === undefined) return
    flight.isOver = true
    flight.answer.reject(new Error('the connection was lost'))
  }

  refuse(which: number, retryAfter: number): void {
    const flight = pick(this.#inTheAir(), which)
    if (flight === undefined) return
    flight.isOver = true
    const headers = { 'retry-after': `${retryAfter}` }
    flight.answer.resolve({ statusCode: 429, headers, body: '' })
  }

  // What time does.

  /** Lets everything happen that can happen without time passing. */
  async pass(): Promise<void> {
    const news = this.#news.splice(0)
    await settled()
    for (const arrive of news) arrive()
  }

  // What happens without time passing has happened before it does.
  async advance(ms: number): Promise<void> {
    await this.pass()
    this.#server.clock.advance(ms)
  }

  async sleep(ms: number): Promise<void> {
    await this.pass()
    this.#server.clock.sleep(ms)
  }

  /** Answers all, with time enough, and looks at whether everybody has got something. */
  async finish(): Promise<void> {
    for (let round = 0; round < 60 && this.#isAwaited(); round++) {
      while (this.#inTheAir().length > 0) this.give(0)
      await this.advance(20_000)
      await this.pass()
    }
    if (this.#isAwaited()) this.broken.push('somebody waits for ever')
  }

  async close(): Promise<void> {
    this.#closed = true
    const closing = this.#manager.close()
    await settled()
    if (this.#isAwaited()) this.broken.push('somebody waits after the close')
    this.#server.clock.advance(5000)
    await closing
    if (this.#server.clock.pendingTimers > 0) this.broken.push('a timer was left behind')
  }

  #send({
    method,
    path,
    body,
    signal,
  }: Parameters<FakeTokenServer['client']>[0]): Promise<TokenClientAnswer> {
    const name = path.split('/')[6] ?? ''
    const others = this.#inTheAir()
    const { generation, wasRemoved } = this.#account(name)
    if (this.#closed) this.broken.push('something was asked for after the close')
    if (others.length >= this.#settings.maxInFlight) this.broken.push('too many requests at a time')
    const isTwin = others.some((other) => other.path === path && other.body === body)
    if (isTwin && !wasRemoved) this.broken.push('two requests of one key at a time')
    const answer = Promise.withResolvers<TokenClientAnswer>()
    const reply = this.#server.reply({ method, path, body, signal })
    const sentAt = ++this.#count
    const number = this.#server.lastToken
    const endsAt = this.#server.clock.now() + this.#settings.grants * 1000
    const facts = { path, body, account: name, generation, sentAt, number, endsAt }
    this.#flying.push({ ...facts, signal, reply, answer, isOver: false })
    return answer.promise
  }

  /** The manager hears of an account. What left after all that it had heard before is newer than that. */
  #tell({ account: name, generation, sentAt }: Flying): void {
    const account = this.#account(name)
    const isNews = sentAt > account.toldAt
    // What leaves until it has come through may be counted before it or after it.
    account.toldAt = Infinity
    this.#news.push(() => {
      if (isNews) account.known = Math.max(account.known, generation)
      account.toldAt = ++this.#count
    })
  }

  #watch(ask: (signal: AbortSignal) => Promise<ServiceAccountToken>): void {
    const leaver = new AbortController()
    const asked = { leaver, isPending: true }
    this.#asked.push(asked)
    ask(leaver.signal).then(
      (token) => {
        asked.isPending = false
        this.#got.push(token)
        this.#check(token)
      },
      () => {
        asked.isPending = false
      },
    )
  }

  #check(token: ServiceAccountToken): void {
    const { known, wasRemoved } = this.#account(token.serviceAccount)
    const generation = Number(token.serviceAccountUid?.split('-')[1])
    if (generation < known && !wasRemoved) this.broken.push('a token of an account that is gone')
    const hasEnded = token.expiresAt < this.#server.clock.now()
    const number = numberOf(token)
    if (hasEnded && !this.#late.has(number)) this.broken.push('a token after its end')
  }

  #inTheAir(): readonly Flying[] {
    return this.#flying.filter(({ isOver, signal }) => !isOver && !signal.aborted)
  }

  #isAwaited(): boolean {
    return this.#asked.some(({ isPending }) => isPending)
  }

  #account(name: string): AccountState {
    const account = this.#accounts.get(name)
    if (account === undefined) throw new Error(`there is no account ${name}`)
    return account
  }
}

function pick<Item>(items: readonly Item[], which: number): Item | undefined {
  return items[which % Math.max(items.length, 1)]
}
