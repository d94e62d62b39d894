import { time } from '../figures.ts'
import { ask, pause } from '../requests.ts'
import { claim, type Scene } from '../scene.ts'

/** The credential is in memory: nothing runs. */
export const warmRequest: Scene = {
  title: 'second request',
  play: (stage) =>
    stage.record(async (recorder) => {
      // The connection of the first request is free again an instant after its answer.
      await pause(10)
      const { status, ms } = await ask(stage.cluster)
      claim(status === 200, `the second request was answered with ${status}`)
      claim(recorder.runs.length === 0, 'the second request ran the plugin again')
      return { text: '200, no plugin run: the token is still good', time: time(ms) }
    }),
}
