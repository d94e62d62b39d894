import { printable } from '../api/printable.ts'
import { subscribe, type KubecredEvents } from '../doors/index.ts'
import { credentialLevel } from './narrate.ts'
import { paint } from './paint.ts'
import { hintLine } from './report-error.ts'
import type { Session } from './session.ts'

type Failed = KubecredEvents['kubecred:projection:failed']

/**
 * Tells on stderr what becomes of the files, until the function that it gives is called.
 *
 * A failure is told once for each way of failing, and the change of the files that ends it; any other
 * change at `-v=1`.
 *
 * @param changed Called after each change.
 */
export function tellOfVolume(
  level: number,
  { say, terminal }: Pick<Session, 'say' | 'terminal'>,
  changed: () => void,
): () => void {
  const told = new Set<string>()
  const warnings = new Set<string>()
  const checks = new Set<string>()
  let isBad = false
  const tellFailed = (event: Failed): void => {
    isBad = true
    const way = `${event.part} ${event.message}`
    if (told.has(way)) return
    told.add(way)
    say(`${paint('error:', 'red', terminal)} ${failed(event)}`)
    if (event.hint !== undefined) say(hintLine(event.hint, terminal))
  }
  const ends = [
    subscribe('kubecred:projection:written', (event) => {
      const isBetter = isBad && event.changed
      if (event.changed) isBad = false
      told.clear()
      for (const name of event.leftovers)
        say(`${event.directory}: removed ${name}, which somebody had left behind`)
      if (level >= credentialLevel || isBetter) say(written(event))
      if (event.changed) changed()
    }),
    subscribe('kubecred:projection:failed', tellFailed),
    subscribe('kubecred:token:check-failed', ({ namespace, serviceAccount, message }) => {
      if (checks.has(message)) return
      checks.add(message)
      const what = `cannot look whether ServiceAccount ${namespace}/${serviceAccount} was made anew`
      say(`${paint('error:', 'red', terminal)} ${what}: ${printable(message)}`)
    }),
    subscribe('kubecred:token:recreated', ({ namespace, serviceAccount, uid }) => {
      isBad = true
      const what = uid === undefined ? 'was deleted' : 'was made anew'
      say(`ServiceAccount ${namespace}/${serviceAccount} ${what}: its old tokens are worth nothing`)
    }),
    subscribe('kubecred:token:warning', ({ warning }) => {
      if (warnings.has(warning)) return
      warnings.add(warning)
      say(`${paint('Warning:', 'yellow', terminal)} ${warning}`)
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}

/** What is true before the first files: those of an earlier run nobody has looked at. */
export const nothingYet = 'this run has written nothing yet, files from before stay as they are'

function written({
  directory,
  changed,
  tokensEndAt,
}: KubecredEvents['kubecred:projection:written']): string {
  const until =
    tokensEndAt === undefined ? '' : `, good until ${new Date(tokensEndAt).toISOString()}`
  return `${directory}: ${changed ? 'new files' : 'the files are right already'}${until}`
}

function failed({ part, message, retryInMs, usable }: Failed): string {
  const again =
    retryInMs > 0 ? `tried again in ${Math.ceil(retryInMs / 1000)} s` : 'not tried again'
  const meanwhile = usable ? 'the files stay as they are' : nothingYet
  return `${part === 'token' ? 'no new token: ' : ''}${printable(message)} (${again}; ${meanwhile})`
}
