import type { Effort } from '../measure/effort.ts'
import { sendRequests } from '../measure/send-requests.ts'
import { median } from '../measure/statistics.ts'
import { figureAtMost } from '../page/goal.ts'
import type { Found } from '../page/results.ts'
import { openStage, playBoth } from './with-plugin.ts'

const rounds = 3
// Four fifths of it are over 1.6 s before the end: time enough for the plugin.
const lifetimeMs = 8000
const pluginMs = 1000

/** The slowest request through the ends of some tokens, with a plugin that is slow. */
export async function benchExpiry(effort: Effort): Promise<Found> {
  await using stage = await openStage()
  const { server, plugin } = stage
  await plugin.behave({
    delayMs: pluginMs,
    issueFrom: { url: server.where.tokens, lifetimeMs },
  })
  const played = await playBoth(stage, effort.quick ? 1 : rounds, effort.tell, async ({ url }) => {
    // The first one waits for the plugin, whoever sends it.
    await sendRequests({ url: `${url}/at-once`, concurrency: 1, going: (sent) => sent === 0 })
    const until = performance.now() + lifetimeMs + pluginMs
    const { ms, failed } = await sendRequests({
      url: `${url}/at-once`,
      concurrency: 8,
      pauseMs: 5,
      going: () => performance.now() < until,
    })
    const { tokens } = await server.counts()
    if (tokens < 2) throw new Error('the server saw one token alone: it has not ended')
    return { slowest: Math.max(...ms), usual: median(ms), failed, requests: ms.length }
  })
  const row = played.row('requests through the end of a token', [
    {
      name: 'slowest, above the usual',
      unit: 'ms',
      of: ({ slowest, usual }) => slowest - usual,
      goal: figureAtMost(50),
    },
    { name: 'usual', unit: 'ms', of: ({ usual }) => usual },
    { name: 'requests', of: ({ requests }) => requests, neutral: true },
    { name: 'lost', of: ({ failed }) => failed, goal: figureAtMost(0) },
  ])
  return { rows: [row], leftOut: played.leftOut }
}
