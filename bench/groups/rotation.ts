import type { Effort } from '../measure/effort.ts'
import { sendRequests } from '../measure/send-requests.ts'
import { figureAtMost } from '../page/goal.ts'
import type { Found } from '../page/results.ts'
import { openStage, playBoth } from './with-plugin.ts'

const requests = 10_000
const concurrency = 64
const answerMs = 100
const lifetimeMs = 1500

/** Requests that are lost while the client certificate rotates under them. */
export async function benchRotation(effort: Effort): Promise<Found> {
  await using stage = await openStage()
  const { server, plugin } = stage
  await plugin.behave({ issueFrom: { url: server.where.certificates, lifetimeMs } })
  const howMany = effort.amount(requests)
  const played = await playBoth(stage, 1, effort.tell, async ({ url }) => {
    const { ms, failed } = await sendRequests({
      url: `${url}/after/${answerMs}`,
      concurrency,
      going: (sent) => sent < howMany,
    })
    const { certificates } = await server.counts()
    if (certificates < 2) throw new Error('the certificate did not rotate')
    return { failed, slowest: Math.max(...ms), rotations: certificates - 1 }
  })
  const row = played.row(`${howMany.toLocaleString('en-US')} requests through rotations`, [
    { name: 'lost', of: ({ failed }) => failed, goal: figureAtMost(0) },
    { name: 'slowest', unit: 'ms', of: ({ slowest }) => slowest },
    { name: 'rotations', of: ({ rotations }) => rotations, neutral: true },
  ])
  return { rows: [row], leftOut: played.leftOut }
}
