import type { ScriptedReply } from '../../../src/testing/exchange.ts'
import type { Case } from '../case.ts'

/** The beginning of a status that refuses. */
export const refusal = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' }

/** The same answer to every request. */
export function always(reply: ScriptedReply): NonNullable<Case['server']> {
  return () => (_request, respond) => {
    respond.reply(reply)
    return true
  }
}

/** Answers in turn; then the server's own. */
export function inTurn(...replies: readonly ScriptedReply[]): NonNullable<Case['server']> {
  return () => {
    const left = [...replies]
    return (_request, respond) => {
      const reply = left.shift()
      if (reply !== undefined) respond.reply(reply)
      return reply !== undefined
    }
  }
}
