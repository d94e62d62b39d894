import { count, time } from '../figures.ts'
import type { Recorder } from '../recorder.ts'
import { ask } from '../requests.ts'
import { claim, type Scene } from '../scene.ts'

/** The server takes the token back: the caller gets an answer, not the 401. */
export const revocation: Scene = {
  title: 'the token is revoked',
  play: async (stage) => {
    await stage.issue(100)
    const cluster = await stage.connect()
    await ask(cluster)
    return await stage.record(async (recorder) => {
      stage.server.revoke('all')
      const { status, ms } = await ask(cluster)
      claim(status === 200, `the caller was answered with ${status}`)
      claimHealed(recorder)
      return { text: '200, after one plugin run and one replay', time: time(ms) }
    })
  },
}

/** Shows that a 401 was answered with one plugin run and one more try. */
export function claimHealed({ runs, replays }: Recorder): void {
  claim(runs.length === 1, `it took ${count(runs.length, 'plugin run')}`)
  claim(replays === 1, `the request was sent again ${count(replays, 'time')}`)
}
