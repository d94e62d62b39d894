import type { FakeApiServer } from '../../src/doors/testing.ts'

/** Answers that never end, and what has become of them. */
export interface EndlessAnswers {
  /** Those that the server has not been told to stop. */
  readonly open: number
  /** From now on the server answers as ever. */
  stop(): void
}

/** Has the server answer everything without an end, as fast as it is read. */
export function answerWithoutEnd(server: FakeApiServer): EndlessAnswers {
  let open = 0
  const stop = server.intercept((_request, reply) => {
    const out = reply.begin({ statusCode: 200 })
    const chunk = Buffer.alloc(16 * 1024, ' ')
    const pour = (): void => {
      while (!out.destroyed && out.write(chunk)) continue
    }
    open++
    out.once('close', () => open--)
    out.on('drain', pour)
    pour()
    return true
  })
  return {
    get open() {
      return open
    },
    stop,
  }
}
