import type { Effort } from '../measure/effort.ts'
import { MemoryWatch } from '../measure/memory-watch.ts'
import { sendRequests } from '../measure/send-requests.ts'
import { figureAtMost } from '../page/goal.ts'
import type { Found } from '../page/results.ts'
import { openStage, playBoth } from './with-plugin.ts'

const requests = 100_000
const rotations = 100
const concurrency = 16
const lifetimeMs = 600

/** The memory of the proxies after many requests and many rotations. */
export async function benchMemory(effort: Effort): Promise<Found> {
  if (process.platform !== 'linux') {
    return { rows: [], leftOut: ['all of it: only Linux tells what other processes use.'] }
  }
  await using stage = await openStage()
  const { server, plugin } = stage
  await plugin.behave({ issueFrom: { url: server.where.certificates, lifetimeMs } })
  const [howMany, howManyRotations] = [effort.amount(requests), effort.amount(rotations)]
  const played = await playBoth(stage, 1, effort.tell, async ({ url, pid }) => {
    using watch = new MemoryWatch(pid, plugin.command)
    let certificates = 0
    const timer = setInterval(() => {
      void server.counts().then((counts) => (certificates = counts.certificates))
    }, 250)
    const { ms, failed } = await sendRequests({
      url: `${url}/at-once`,
      concurrency,
      going: (sent) => sent < howMany || certificates <= howManyRotations,
    }).finally(() => clearInterval(timer))
    const seen = watch.seen()
    if (seen === undefined) throw new Error('the proxy ended under the load')
    return { ...seen, requests: ms.length, failed, rotations: certificates - 1 }
  })
  const row = played.row('requests under rotation', [
    { name: 'peak memory', unit: 'MiB', of: ({ peakMiB }) => peakMiB, goal: figureAtMost(100) },
    { name: 'growth', of: ({ growth }) => growth, goal: figureAtMost(1.05) },
    { name: 'requests', of: (round) => round.requests, neutral: true },
    { name: 'rotations', of: (round) => round.rotations, neutral: true },
    { name: 'lost', of: ({ failed }) => failed, goal: figureAtMost(0) },
  ])
  return { rows: [row], leftOut: played.leftOut }
}
