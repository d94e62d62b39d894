import type { Effort } from '../measure/effort.ts'
import { peakOfCommand } from '../measure/command-peak.ts'
import { measuresOf } from '../measure/figures.ts'
import { sendRequests } from '../measure/send-requests.ts'
import { startStealMeter } from '../measure/steal.ts'
import { figureAtMost } from '../page/goal.ts'
import type { Found, Row } from '../page/results.ts'
import { kubecred, kubectl, type Contender } from '../peers/contenders.ts'
import { openStage, playBoth, type Stage } from './with-plugin.ts'

const herd = 100
const revokedAfter = 500
const requests = 2000
const floodBytes = 200_000_000

/** What a plugin that is sick, and a server that changes its mind, cost the callers. */
export async function benchSickness(effort: Effort): Promise<Found> {
  await using stage = await openStage()
  const { leftOut = [], rows } = await failingPlugin(stage, effort)
  return { rows: [...rows, await revocation(stage, effort), await flood(stage, effort)], leftOut }
}

async function failingPlugin(stage: Stage, effort: Effort): Promise<Found> {
  const callers = effort.amount(herd)
  const { plugin } = stage
  await plugin.behave({ delayMs: 100, exitCode: 1 })
  const played = await playBoth(stage, 1, effort.tell, async ({ url }) => {
    const startedAt = performance.now()
    const { failed } = await sendRequests({
      url: `${url}/at-once`,
      concurrency: callers,
      going: (sent) => sent < callers,
    })
    if (failed < callers) throw new Error('a request went out without a credential')
    return { ms: performance.now() - startedAt, runs: (await plugin.runs()).length }
  })
  const row = played.row(`a plugin that fails, ${callers} requests at once`, [
    { name: 'plugin runs', of: ({ runs }) => runs, goal: figureAtMost(2) },
    { name: 'until the last answer', unit: 'ms', of: ({ ms }) => ms },
  ])
  return { rows: [row], leftOut: played.leftOut }
}

async function revocation(stage: Stage, effort: Effort): Promise<Row> {
  const { server, plugin } = stage
  await plugin.behave({ issueFrom: { url: server.where.tokens } })
  const played = await playBoth(stage, 1, effort.tell, async ({ url }) => {
    let revoked = false
    const { failures } = await sendRequests({
      url: `${url}/at-once`,
      concurrency: 16,
      going: (sent) => {
        if (sent >= revokedAfter && !revoked) {
          revoked = true
          void server.revokeAll()
        }
        return sent < effort.amount(requests) + revokedAfter
      },
    })
    const { refused } = await server.counts()
    if (refused === 0) throw new Error('the server refused nothing')
    return { unauthorised: failures['401'] ?? 0, runs: (await plugin.runs()).length - 1 }
  })
  return played.row('a token taken back, 16 requests at a time', [
    { name: 'plugin runs', of: ({ runs }) => runs, goal: figureAtMost(1) },
    { name: '401s for the client', of: (round) => round.unauthorised, goal: figureAtMost(0) },
  ])
}

async function flood({ plugin, kubeconfig }: Stage, effort: Effort): Promise<Row> {
  const work = 'a plugin that prints 200 MB, one request'
  effort.tell(work)
  await plugin.behave({ stdout: 'x'.repeat(1000), stdoutBytes: floodBytes })
  const steal = startStealMeter()
  const peak = async (words: readonly string[], { command, args }: Contender) =>
    await peakOfCommand(
      command,
      [...args, ...words, '/version', '--kubeconfig', kubeconfig],
      plugin.command,
    )
  const other = await kubectl()
  const sides = {
    ours: [await peak(['request'], kubecred())],
    theirs: other === undefined ? [] : [await peak(['get', '--raw'], other)],
  }
  return {
    work,
    beside: other === undefined ? '' : '`kubectl get --raw`',
    measures: measuresOf(sides, [{ name: 'peak memory', unit: 'MiB', of: (found) => found }]),
    stealPercent: steal(),
  }
}
