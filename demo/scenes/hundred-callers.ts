import { count, time } from '../figures.ts'
import { ask, sumUp } from '../requests.ts'
import { claim, type Scene } from '../scene.ts'

const callers = 100

/** Many callers without a credential share one plugin run. */
export const hundredCallers: Scene = {
  title: `${callers} requests at once`,
  play: (stage) =>
    stage.record(async (recorder) => {
      const cluster = await stage.connect()
      const startedAt = performance.now()
      const answers = await Promise.all(Array.from({ length: callers }, () => ask(cluster)))
      const ms = performance.now() - startedAt
      const { failed } = sumUp(answers)
      claim(failed === 0, `${failed} of ${callers} requests failed`)
      claim(recorder.runs.length === 1, `it took ${count(recorder.runs.length, 'plugin run')}`)
      return { text: `${callers} × 200 on new connections, one plugin run for all`, time: time(ms) }
    }),
}
