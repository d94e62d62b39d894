import { count, time } from '../figures.ts'
import { claim, type Scene } from '../scene.ts'
import { withTokenFile } from '../token-file.ts'

/** A token of a ServiceAccount in a file, as a pod has it, and a program that reads it. */
export const tokenFile: Scene = {
  title: 'a token in a file',
  play: (stage) =>
    withTokenFile(stage, async ({ keeper, read }) => {
      const startedAt = performance.now()
      await keeper.once()
      const ms = performance.now() - startedAt
      const { status } = await read()
      claim(status === 200, `its reader was answered with ${status}`)
      const asked = stage.server.requests.filter(({ path }) => path.endsWith('/token')).length
      claim(asked === 1, `it took ${count(asked, 'TokenRequest')}`)
      return { text: 'a plugin run, a TokenRequest, a file; its reader: 200', time: time(ms) }
    }),
}
