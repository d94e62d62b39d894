import { subscribe } from '../doors/index.ts'
import { paint } from './paint.ts'
import { hintLine } from './report-error.ts'
import type { Session } from './session.ts'

/** Keeps why there was no better credential: a 401 hides it, the source tells it as an event. */
export function watchForFailure(): { message(): string | undefined; stop(): void } {
  let last: string | undefined
  const stop = subscribe('kubecred:credential:failed', ({ message }) => {
    last = message
  })
  return { message: () => last, stop }
}

/** Says on stderr what may be behind a 401. */
export function explainUnauthorized(
  failure: string | undefined,
  { terminal, say }: Pick<Session, 'terminal' | 'say'>,
): void {
  if (failure !== undefined) {
    say(`${paint('cause:', 'dim', terminal)} no new credential: ${failure}`)
  }
  say(hintLine('kubecred credential shows what was presented', terminal))
}
