import { count, time } from '../figures.ts'
import { ask } from '../requests.ts'
import { claim, type Scene } from '../scene.ts'

/** How long the token lives that the first request brings, milliseconds. */
export const firstLifetimeMs = 7500

/** Nobody has a credential yet: the plugin runs, and the request goes out with what it gave. */
export const firstRequest: Scene = {
  title: 'first request',
  play: (stage) =>
    stage.record(async (recorder) => {
      await stage.issue(300, { lifetimeMs: firstLifetimeMs })
      const { status, ms } = await ask(stage.cluster)
      const [run] = recorder.runs
      claim(status === 200, `the first request was answered with ${status}`)
      claim(run !== undefined, 'the first request ran no plugin')
      claim(recorder.runs.length === 1, `it took ${count(recorder.runs.length, 'plugin run')}`)
      return { text: `200, after one plugin run of ${time(run.durationMs)}`, time: time(ms) }
    }),
}
