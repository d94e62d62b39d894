import { count, time } from '../figures.ts'
import { keepAsking, sumUp } from '../requests.ts'
import { claim, type Scene } from '../scene.ts'
import type { Stage } from '../stage.ts'
import { firstLifetimeMs } from './first-request.ts'

// Requests go on for this long after the end of the first token.
const afterwardsMs = 200
// On a machine that is busy the plugin may take longer than that; it is given this long at most.
const patienceMs = 10_000

/** A token's end comes while requests go on; the next one is got in time, beside them. */
export const expiry: Scene = {
  title: 'the token expires',
  play: async (stage) => {
    const expiresAt = await endOfToken(stage)
    await stage.issue(300)
    return await stage.record(async (recorder) => {
      const answers = await keepAsking(stage.cluster, () => {
        const overMs = Date.now() - expiresAt
        return overMs < (recorder.runs.length === 0 ? patienceMs : afterwardsMs)
      })
      const { requests, failed, waited, slowestMs } = sumUp(answers)
      const [run] = recorder.runs
      claim(failed === 0, `${failed} of ${requests} requests failed`)
      claim(run !== undefined, 'the token was not renewed')
      claim(recorder.runs.length === 1, `it took ${count(recorder.runs.length, 'plugin run')}`)
      claim(waited === 0, `${count(waited, 'request')} waited for the new token`)
      const beside = `beside a plugin run of ${time(run.durationMs)}`
      return { text: `slowest of ${count(requests, 'request')}, ${beside}`, time: time(slowestMs) }
    })
  },
}

/** When the token ends; it is another than the first scene's where that took too long. */
async function endOfToken({ cluster }: Stage): Promise<number> {
  const first = cluster.source.current()?.expiresAt
  if (first !== undefined && first - Date.now() > firstLifetimeMs / 2) return first
  const { expiresAt } = await cluster.source.renew()
  claim(expiresAt !== undefined, 'the token has no end')
  return expiresAt
}
