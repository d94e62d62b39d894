import { setTimeout as sleep } from 'node:timers/promises'

import { Agent, request } from 'undici'

/** What is to be sent, and for how long. */
export interface Sending {
  readonly url: string
  /** How many are under way at any time, each over a connection of its own. */
  readonly concurrency: number
  /** Asked before each request, with the number of those that were sent: whether to go on. */
  readonly going: (sent: number) => boolean
  /** What each caller waits after an answer. Default: nothing. */
  readonly pauseMs?: number
}

/** What came of the requests. */
export interface Sent {
  /** How long each took that was answered with 200, milliseconds. */
  readonly ms: readonly number[]
  /** How many came to what else: a status, or the code of an error. */
  readonly failures: Readonly<Record<string, number>>
  readonly failed: number
}

/** Sends requests from this process; nothing is sent twice. */
export async function sendRequests(sending: Sending): Promise<Sent> {
  const { url, concurrency, going, pauseMs = 0 } = sending
  // One that waits long shall be counted as slow, and not end as an error of this side.
  await using agent = disposable(
    new Agent({ connections: concurrency, headersTimeout: 0, bodyTimeout: 0 }),
  )
  const ms: number[] = []
  const failures: Record<string, number> = {}
  let sent = 0
  const caller = async (): Promise<void> => {
    while (going(sent)) {
      sent++
      const startedAt = performance.now()
      const outcome = await outcomeOf(url, agent)
      if (outcome === '200') ms.push(performance.now() - startedAt)
      else failures[outcome] = (failures[outcome] ?? 0) + 1
      if (pauseMs > 0) await sleep(pauseMs)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, caller))
  return { ms, failures, failed: sent - ms.length }
}

async function outcomeOf(url: string, dispatcher: Agent): Promise<string> {
  try {
    const { statusCode, body } = await request(url, { dispatcher })
    await body.dump()
    return String(statusCode)
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'error'
  }
}

function disposable(agent: Agent): Agent & AsyncDisposable {
  return Object.assign(agent, { [Symbol.asyncDispose]: async () => await agent.destroy() })
}
