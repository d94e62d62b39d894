import type { ClusterRequest, UndiciCluster } from '../src/doors/undici.ts'

/** How a request went. */
export interface Answer {
  readonly status: number
  readonly body: string
  /** From the call to the last byte of the answer, milliseconds. */
  readonly ms: number
  /** Whether it could not go out at once, for want of a good credential. */
  readonly waited: boolean
}

/** Sends a request and reads its whole answer. */
export async function ask(
  cluster: UndiciCluster,
  path = '/api/v1/namespaces',
  options: ClusterRequest = {},
): Promise<Answer> {
  const waited = cluster.source.current() === undefined
  const startedAt = performance.now()
  const { statusCode, body } = await cluster.request(path, options)
  const text = await body.text()
  return { status: statusCode, body: text, ms: performance.now() - startedAt, waited }
}

/** What a number of requests came to. */
export interface Summary {
  readonly requests: number
  /** How many were answered with another status than 200. */
  readonly failed: number
  /** How many could not go out at once. */
  readonly waited: number
  /** The longest of them, milliseconds. */
  readonly slowestMs: number
}

/** Sums up answers. */
export function sumUp(answers: readonly Answer[]): Summary {
  return {
    requests: answers.length,
    failed: answers.filter(({ status }) => status !== 200).length,
    waited: answers.filter(({ waited }) => waited).length,
    slowestMs: Math.max(...answers.map(({ ms }) => ms)),
  }
}

// Enough for thousands of requests, and little enough to leave the machine to the plugin.
const callers = 4
const pauseMs = 5

/** Sends requests one after the other from a few callers at once, for as long as `going` says. */
export async function keepAsking(cluster: UndiciCluster, going: () => boolean): Promise<Answer[]> {
  const caller = async (): Promise<Answer[]> => {
    const answers: Answer[] = []
    while (going()) {
      answers.push(await ask(cluster))
      await pause(pauseMs)
    }
    return answers
  }
  return (await Promise.all(Array.from({ length: callers }, caller))).flat()
}

/** Lets a moment pass. */
export async function pause(ms: number): Promise<void> {
  await new Promise((done) => setTimeout(done, ms))
}
