import {
  KubecredError,
  loadPluginPolicy,
  readPluginPolicy,
  type Host,
  type LoadedPluginPolicy,
  type PluginOptions,
  type PluginPolicy,
} from '../doors/index.ts'
import { permitsMore } from '../proxy/permits-more.ts'
import { CommandError, usageError } from './command-error.ts'
import type { GlobalFlags } from './global-flags.ts'

/** The flags that decide which plugins may run. */
export type PolicyFlags = Pick<GlobalFlags, 'kuberc' | 'pluginPolicy' | 'pluginAllow'>

/** A policy, and the flag that it comes from, if any. */
export interface ChosenPolicy extends LoadedPluginPolicy {
  readonly flag?: string
}

/** The policy as `connect` takes it. */
export function policyOptions({
  policy,
  file,
  flag = file,
}: ChosenPolicy): Pick<PluginOptions, 'policy' | 'policyOrigin'> {
  return { policy, policyOrigin: flag }
}

/**
 * Which plugins may run: what the flags say, else kubectl's preferences. Flags that permit more than
 * the preferences come with a warning.
 *
 * @param strict Whether preferences that cannot be used are an error even if nobody asked for them.
 * @throws {@link CommandError} For flags that contradict each other.
 * @throws {@link KubecredError} As `loadPluginPolicy`.
 */
export async function choosePluginPolicy(
  flags: PolicyFlags,
  host: Host,
  strict = false,
): Promise<ChosenPolicy> {
  const { kuberc = '' } = flags
  if (kuberc !== '' && host.env['KUBECTL_KUBERC']?.toLowerCase() === 'false') {
    throw new CommandError('unknown flag: --kuberc', {
      hint: 'KUBECTL_KUBERC=false takes it away; unset it to use the flag',
    })
  }
  const given = policyOfFlags(flags, host)
  const loaded = await loadPluginPolicy({ path: kuberc, host, strict })
  if (given === undefined) return loaded
  const { policy, file = '', warnings } = loaded
  const flag = flags.pluginPolicy === undefined ? '--plugin-allow' : '--plugin-policy'
  const more = `${flag} permits plugins that the policy "${policy.policyType}" of ${file} does not`
  return {
    ...loaded,
    policy: given,
    stated: true,
    flag,
    warnings: permitsMore(given, policy) ? [...warnings, more] : warnings,
  }
}

function policyOfFlags(
  { pluginPolicy, pluginAllow }: PolicyFlags,
  host: Host,
): PluginPolicy | undefined {
  if (pluginPolicy === undefined && pluginAllow === undefined) return undefined
  if (pluginPolicy === '') {
    throw usageError('unknown plugin policy: ""', 'give --plugin-policy a value, or leave it out')
  }
  const allowlist = pluginAllow?.map((command) => ({ command }))
  try {
    return readPluginPolicy({ policyType: pluginPolicy ?? 'Allowlist', allowlist }, host)
  } catch (error) {
    if (!(error instanceof KubecredError)) throw error
    throw usageError(error.message, hintFor(pluginPolicy, allowlist) ?? error.hint)
  }
}

function hintFor(policy: string | undefined, allowlist: unknown): string | undefined {
  if (policy === 'Allowlist' && allowlist === undefined) {
    return 'name the plugins that may run: --plugin-allow=NAME_OR_PATH'
  }
  const named = policy === 'AllowAll' || policy === 'DenyAll'
  return named ? '--plugin-allow goes with --plugin-policy=Allowlist, which it implies' : undefined
}
