import type { PluginPolicy } from '../api/plugin-policy.ts'

/** Whether a policy lets plugins run that another does not, as far as the two tell. */
export function permitsMore(one: PluginPolicy, other: PluginPolicy): boolean {
  if (one.policyType === 'DenyAll' || other.policyType === 'AllowAll') return false
  if (one.policyType !== 'Allowlist' || other.policyType !== 'Allowlist') return true
  const permitted = new Set(other.allowlist.map(({ command }) => command))
  return one.allowlist.some(({ command }) => !permitted.has(command))
}
