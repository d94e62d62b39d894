import { setTimeout as sleep } from 'node:timers/promises'

import { beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { createFakeClock, type FakeClock } from '../../src/doors/testing.ts'
import type {
  ServiceAccountToken,
  ServiceAccountTokenRequest,
  TokenClient,
} from '../../src/doors/token.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { besideCluster, hasCluster, realCluster } from './real-cluster.ts'
import { ServiceAccount } from './service-account.ts'
import { grantTokenRights, openManager, type WatchedManager } from './token-agent.ts'
import { reviewOf } from './token-review.ts'

const folder = temporaryFolder()
const cluster = realCluster()
let account: ServiceAccount

beforeAll(async () => {
  if (hasCluster) await grantTokenRights(cluster())
}, 60_000)
beforeEach(async () => {
  if (hasCluster) account = await ServiceAccount.create(cluster().admin)
})

/** So many tokens of one account, each for somebody else. */
function tokensOf(count: number): readonly ServiceAccountTokenRequest[] {
  return Array.from({ length: count }, (_, index) => ({
    ...account.request,
    audiences: [`audience-${index}`],
  }))
}

/** Lets the server's answers tell the time of a clock of the test's. */
function inTimeOf(clock: FakeClock): (client: TokenClient) => TokenClient {
  return (client) => async (request) => {
    const answer = await client(request)
    if (answer.statusCode !== 201) return answer
    // A TokenRequest.
    const object = JSON.parse(answer.body) as { status: { expirationTimestamp: string } }
    const { status } = object
    const expiresAt = Date.parse(status.expirationTimestamp) + clock.now() - Date.now()
    status.expirationTimestamp = new Date(expiresAt).toISOString()
    return { ...answer, body: JSON.stringify(object) }
  }
}

/** Callers, each of whom asks for a token of its own once in a second of the test's clock. */
class Callers {
  readonly #scene: WatchedManager
  readonly #clock: FakeClock
  readonly #wanted: readonly ServiceAccountTokenRequest[]
  /** What they got the last time: a token, or the message of the failure. */
  got: readonly (ServiceAccountToken | string)[] = []

  constructor(
    scene: WatchedManager,
    clock: FakeClock,
    wanted: readonly ServiceAccountTokenRequest[],
  ) {
    this.#scene = scene
    this.#clock = clock
    this.#wanted = wanted
  }

  /** They ask; whatever they set off comes to its end. */
  async ask(): Promise<void> {
    const { manager, requests } = this.#scene
    this.got = await Promise.all(
      this.#wanted.map((each) => manager.getServiceAccountToken(each).catch(String)),
    )
    while (requests.inFlight > 0) await sleep(1)
  }

  /** A second passes, and they ask. */
  async goOn(): Promise<void> {
    this.#clock.advance(1000)
    await this.ask()
  }

  /** Those that are good at this moment. */
  get good(): readonly ServiceAccountToken[] {
    const now = this.#clock.now()
    return this.got
      .filter((each) => typeof each !== 'string')
      .filter((each) => each.expiresAt > now)
  }
}

describe.skipIf(!hasCluster)(besideCluster('500 tokens that are wanted at once'), () => {
  test('are got ten at a time, each by one request', async () => {
    await using scene = await openManager(cluster(), folder)
    const { manager, requests } = scene
    const wanted = tokensOf(500)
    const tokens = await Promise.all(
      [...wanted, ...wanted].map((each) => manager.getServiceAccountToken(each)),
    )
    expect(new Set(tokens).size).toBe(500)
    expect(tokens.slice(0, 500).map(({ audiences }) => audiences)).toEqual(
      wanted.map(({ audiences }) => audiences),
    )
    expect(requests.lines).toHaveLength(500)
    expect(requests.mostInFlight).toBe(10)
    await expectTaken(tokens.slice(0, 20))
  })
})

describe.skipIf(!hasCluster)(besideCluster('an outage of the API server'), () => {
  test('is felt by nobody who has a token, makes no storm, and none after its end', async () => {
    const clock = createFakeClock(Date.now())
    await using scene = await openManager(cluster(), folder, { clock, through: inTimeOf(clock) })
    const { requests } = scene
    const callers = new Callers(scene, clock, tokensOf(200))
    await callers.ask()
    const old = callers.good
    expect([old.length, requests.lines.length]).toEqual([200, 200])
    await cluster().killServer()
    // All are due.
    clock.advance(3600 * 820)
    for (let second = 0; second < 300; second++) {
      await callers.goOn()
      expect(callers.good).toEqual(old)
    }
    expect(requests.lines.length - 200).toBeLessThanOrEqual(40)
    await whileItStarts(async () => {
      await callers.goOn()
      expect(callers.good).toHaveLength(200)
    })
    while (callers.good.some((token) => old.includes(token))) await callers.goOn()
    expect(callers.good).toHaveLength(200)
    await expectTaken(callers.good)
    const afterKill = requests.statusCodes.slice(200)
    // A server that has just started does not know yet who may what.
    const afterOutage = afterKill.slice(afterKill.findIndex((code) => code !== 0))
    expect(afterOutage.filter((code) => code === 201)).toHaveLength(200)
    expect(afterOutage.filter((code) => ![201, 403].includes(code))).toEqual([])
    // Whom it refuses asks again after a second, then two.
    expect(afterOutage.length).toBeLessThanOrEqual(200 * 4)
    expect(requests.mostInFlight).toBeLessThanOrEqual(10)
  })

  test('that outlasts the tokens is told to those who ask, and over for all when the server is back', async () => {
    const clock = createFakeClock(Date.now())
    await using scene = await openManager(cluster(), folder, { clock, through: inTimeOf(clock) })
    const { requests } = scene
    // What has ended leaves the cache at each half minute: not at the moment of its end.
    const wanted = tokensOf(30).map((each) => ({ ...each, expirationSeconds: 3610 }))
    const callers = new Callers(scene, clock, wanted)
    await callers.ask()
    await cluster().killServer()
    clock.advance(3610 * 1000)
    await callers.goOn()
    expect(callers.got).toEqual(
      wanted.map(({ audiences }) =>
        expect.stringContaining(
          `token "builder"/"${account.namespace}"/[]string{"${audiences?.[0] ?? ''}"}/3610/v1.BoundObjectReference{Kind:"", APIVersion:"", Name:"", UID:""}/"" expired and refresh failed: `,
        ),
      ),
    )
    for (let second = 0; second < 120; second++) {
      await callers.goOn()
      expect(callers.good).toEqual([])
    }
    // Each waits 1, 2, 4, 8, 16 seconds, then 30 between two attempts; one that left the cache begins anew.
    expect(requests.lines.length - wanted.length).toBeLessThanOrEqual(wanted.length * 12)
    await whileItStarts(() => callers.goOn())
    while (callers.good.length < wanted.length) await callers.goOn()
    expect(requests.mostInFlight).toBeLessThanOrEqual(10)
    await expectTaken(callers.good)
  })
})

/** Starts the API server again, and does something until it is there: once a second, as callers do who live on. */
async function whileItStarts(once: () => Promise<void>): Promise<void> {
  const isBack = cluster()
    .restartServer()
    .then(() => true)
  while (!(await Promise.race([isBack, sleep(1000, false)]))) await once()
}

/** Those for whom they are meant take them. */
async function expectTaken(tokens: readonly ServiceAccountToken[]): Promise<void> {
  for (const token of tokens) {
    expect(await reviewOf(cluster().admin, token, token.audiences)).toMatchObject({
      authenticated: true,
      user: { username: account.user },
    })
  }
}
