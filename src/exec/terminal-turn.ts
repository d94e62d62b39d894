// There is one terminal for the whole process, so this queue is one for the whole process too.
let last: Promise<void> = Promise.resolve()

/**
 * Waits until no other plugin prompts, then has the terminal to itself.
 *
 * @returns A function that gives the turn to the next.
 * @throws The reason of the signal, when it is aborted before the turn has come.
 */
export async function takeTerminalTurn(signal: AbortSignal): Promise<() => void> {
  const before = last
  const turn = Promise.withResolvers<void>()
  last = before.then(() => turn.promise)
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => {
    aborted.reject(signal.reason)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    await Promise.race([before, aborted.promise])
    return turn.resolve
  } catch (error) {
    turn.resolve()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
