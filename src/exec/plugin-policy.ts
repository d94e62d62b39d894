import { examinePolicy, type PluginPolicy, type UncheckedPolicy } from '../api/plugin-policy.ts'
import { thisHost, type Host } from '../host/host.ts'
import { policyError } from './exec-error.ts'

/**
 * A plugin policy out of something unchecked, such as the settings of a program.
 *
 * @param host Whose rules for paths count. Default: this process.
 * @throws {@link KubecredError} `ERR_EXEC_POLICY`, in client-go's words.
 */
export function readPluginPolicy(
  unchecked: UncheckedPolicy,
  host: Pick<Host, 'platform'> = thisHost(),
): PluginPolicy {
  const policy = examinePolicy(unchecked, host.platform)
  if ('problem' in policy) throw policyError(policy.problem, policy.hint)
  return policy
}
