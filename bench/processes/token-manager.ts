// For the bench: what `test/cluster/tokens` is for the kubelet's manager, this is for the one of kubecred/token.
// The first argument says what is measured, the second over how many tokens or callers; it prints one line of JSON.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { systemClock } from '../../src/credential/clock.ts'
import { TokenManager } from '../../src/doors/token.ts'
import { median } from '../measure/statistics.ts'
import type { OwnTokenFindings } from '../peers/token-managers.ts'
import { BenchTokenClient, podUid, requestFor, wholeLifeSeconds } from './token-client.ts'
import { measureEventLoop } from './token-event-loop.ts'

const getsForEach = 5
const removals = 11
const slowAnswerMs = 50
// After this, a token of an hour is due.
const duePartMs = 50 * 60_000

const wholeLife = { lifetimeSeconds: wholeLifeSeconds, leftSeconds: wholeLifeSeconds }

type Measurements = {
  readonly [Name in keyof OwnTokenFindings]: (howMany: number) => Promise<OwnTokenFindings[Name]>
}

const measurements: Measurements = {
  'get-hot': async (howMany) => await measureGets(1, howMany * getsForEach),
  'get-random': async (howMany) => await measureGets(howMany, howMany * getsForEach),
  'concurrent-cold': async (howMany) => {
    const client = new BenchTokenClient({ ...wholeLife, delayMs: slowAnswerMs })
    return await measureCallers(managerOver(client), client, howMany)
  },
  'concurrent-due': async (howMany) => {
    const client = new BenchTokenClient({ ...wholeLife })
    let passedMs = 0
    const now = (): number => systemClock.now() + passedMs
    const clock = { ...systemClock, now, monotonic: () => systemClock.monotonic() + passedMs }
    const manager = new TokenManager({ client: client.client, clock })
    await manager.getServiceAccountToken(requestFor(0))
    passedMs = duePartMs
    client.answers.delayMs = slowAnswerMs
    client.requests = 0
    return await measureCallers(manager, client, howMany)
  },
  'remove-owner': measureRemoval,
  memory: measureMemory,
  'bounded-memory': measureMemory,
  'event-loop': measureEventLoop,
}

const [name = '', howMany = ''] = process.argv.slice(2)
if (!isMeasurement(name)) throw new Error(`there is no measurement "${name}"`)
const found = await measurements[name](Number(howMany))
process.stdout.write(`${JSON.stringify(found)}\n`)
process.exit(0)

function isMeasurement(text: string): text is keyof Measurements {
  return Object.hasOwn(measurements, text)
}

function managerOver(client: BenchTokenClient, maxEntries?: number): TokenManager {
  return new TokenManager({ client: client.client, maxEntries })
}

/** A manager that holds tokens for as many pods. */
async function filled(client: BenchTokenClient, tokens: number): Promise<TokenManager> {
  const manager = managerOver(client, tokens)
  for (let number = 0; number < tokens; number++) {
    await manager.getServiceAccountToken(requestFor(number))
  }
  return manager
}

/** Asks with requests that are equal to those that filled the cache, but not the same ones. */
async function measureGets(tokens: number, times: number): Promise<{ nanoseconds: number }> {
  const manager = await filled(new BenchTokenClient(wholeLife), tokens)
  const asked = Array.from({ length: tokens }, (_, number) => requestFor(number))
  const order = Uint32Array.from({ length: times }, () => Math.floor(Math.random() * tokens))
  const first = requestFor(0)
  await getAll(order.subarray(0, times / 10))
  collectGarbage()
  const startedAt = performance.now()
  await getAll(order)
  return { nanoseconds: ((performance.now() - startedAt) * 1e6) / times }

  async function getAll(numbers: Uint32Array): Promise<void> {
    for (const number of numbers) await manager.getServiceAccountToken(asked[number] ?? first)
  }
}

/** Lets all of them ask for one token at the same moment. */
async function measureCallers(
  manager: TokenManager,
  client: BenchTokenClient,
  callers: number,
): Promise<{ requests: number }> {
  const all = Array.from({ length: callers }, async () => {
    await manager.getServiceAccountToken(requestFor(0))
  })
  await Promise.all(all)
  // A renewal behind its callers has yet to leave.
  await sleep(slowAnswerMs)
  return { requests: client.requests }
}

async function measureRemoval(tokens: number): Promise<{ nanoseconds: number }> {
  const manager = await filled(new BenchTokenClient(wholeLife), tokens)
  const step = Math.floor(tokens / removals)
  const took = Array.from({ length: removals }, (_, index) => {
    const uid = podUid(index * step)
    const startedAt = process.hrtime.bigint()
    manager.deleteServiceAccountToken(uid)
    return Number(process.hrtime.bigint() - startedAt)
  })
  return { nanoseconds: median(took) }
}

async function measureMemory(tokens: number): Promise<OwnTokenFindings['memory']> {
  const client = new BenchTokenClient(wholeLife)
  // What the first request takes once and for all is not the tokens'.
  await filled(client, 1)
  const residentBefore = residentAfterCollection()
  const manager = await filled(client, tokens)
  const residentAfter = residentAfterCollection()
  // It is not to be collected before.
  await manager.close()
  return { residentBefore, residentAfter }
}

function residentAfterCollection(): number {
  collectGarbage()
  const status = readFileSync('/proc/self/status', 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1]) * 1024
}

function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('start this with --expose-gc')
  globalThis.gc()
}
