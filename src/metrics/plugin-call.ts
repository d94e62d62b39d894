import type { KubecredEvents } from '../events/channels.ts'

/** How the call of a plugin went, in client-go's words. */
export type CallStatus =
  | 'no_error'
  | 'plugin_execution_error'
  | 'plugin_not_found_error'
  | 'client_internal_error'

/** The labels of a call of a plugin. */
export interface PluginCall {
  /** Exit code; 1, as in client-go, where there is none. */
  readonly code: string
  readonly status: CallStatus
}

type Ended = Pick<KubecredEvents['kubecred:exec:end'], 'started' | 'exitCode' | 'errorCode'>

/**
 * How client-go counts this call; undefined when it does not count it, because the plugin was never
 * called: it must prompt and cannot, or the policy forbids it.
 *
 * The exit code alone decides, whatever the plugin printed: a reply that cannot be used is `no_error`.
 * A file that is there and cannot be executed is a plugin that was not found. One that Kubecred
 * stopped, by a deadline or for its output, which client-go never does, is an internal error.
 */
export function pluginCall({ started, exitCode, errorCode }: Ended): PluginCall | undefined {
  if (exitCode !== undefined) {
    const status = exitCode === 0 ? 'no_error' : 'plugin_execution_error'
    return { code: String(exitCode), status }
  }
  if (started) return { code: '1', status: 'client_internal_error' }
  if (errorCode === 'ERR_EXEC_NOT_FOUND' || errorCode === 'ERR_EXEC_START') {
    return { code: '1', status: 'plugin_not_found_error' }
  }
  return undefined
}
