import { subscribe, type Clock } from '../doors/index.ts'
import { noCredentialIn } from '../proxy/given-up.ts'
import { CommandError } from './command-error.ts'

/** A limit to the time that a request, or a credential, may take. */
export interface Deadline {
  /** Aborted with a {@link CommandError} when the time is up. */
  readonly signal: AbortSignal
  /** There is a response: from now on the limit is one to its body. */
  answered(): void
  cancel(): void
}

/** Starts `--request-timeout`; 0 is no limit. */
export function startDeadline(ms: number, clock: Clock): Deadline {
  const controller = new AbortController()
  let awaiting = 'awaiting headers'
  let plugin: string | undefined
  const timer =
    ms === 0
      ? undefined
      : clock.after(ms, () => {
          controller.abort(
            plugin === undefined ? timeoutError(ms, awaiting) : pluginError(ms, plugin),
          )
        })
  const unsubscribe = [
    subscribe('kubecred:exec:start', ({ command }) => {
      plugin = command
    }),
    subscribe('kubecred:exec:end', () => {
      plugin = undefined
    }),
  ]
  // A plugin or a server that hangs must not outlive it.
  timer?.hold()
  return {
    signal: controller.signal,
    answered: () => {
      awaiting = 'reading body'
    },
    cancel: () => {
      timer?.cancel()
      for (const end of unsubscribe) end()
    },
  }
}

function timeoutError(ms: number, awaiting: string): CommandError {
  return new CommandError(
    'Unable to connect to the server: net/http: request canceled ' +
      `(Client.Timeout exceeded while ${awaiting})`,
    { hint: `it took longer than ${ms / 1000} s; --request-timeout sets the limit` },
  )
}

function pluginError(ms: number, plugin: string): CommandError {
  const { message, hint } = noCredentialIn(ms, plugin)
  return new CommandError(message, { hint })
}
