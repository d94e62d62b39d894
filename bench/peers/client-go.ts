import { buildGoProgram, hasGoProgram } from '../../test/cluster/go-programs.ts'
import { startCompanion } from '../processes/child.ts'

/** client-go's exec authenticator, in a process of its own. */
export interface ClientGo extends AsyncDisposable {
  /** Sends requests through it, to a transport that answers at once; microseconds for each. */
  authorise(url: string, howMany: number): Promise<number>
}

/** Starts it, after building it on first use: a minute. Undefined where there is no Go. */
export async function startClientGo(tell: (line: string) => void): Promise<ClientGo | undefined> {
  if (!hasGoProgram('authorisation')) return undefined
  const path = await buildGoProgram('authorisation', tell)
  const companion = await startCompanion<{ readonly ok: true }>(path, [])
  return {
    authorise: async (url, howMany) => {
      const question = JSON.stringify({ url, howMany })
      const { nanoseconds } = await companion.ask<{ readonly nanoseconds: number }>(question)
      return nanoseconds / howMany / 1000
    },
    [Symbol.asyncDispose]: async () => await companion[Symbol.asyncDispose](),
  }
}
