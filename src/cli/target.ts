import {
  chooseConnection,
  type ConnectionConfig,
  type ConnectOptions,
  type PluginOptions,
} from '../doors/index.ts'
import { extendChain } from './credential-chain.ts'
import { overridesOf, type GlobalFlags } from './global-flags.ts'
import { withFlags } from './named-flags.ts'
import { choosePluginPolicy, policyOptions, type ChosenPolicy } from './plugin-policy.ts'
import type { Session } from './session.ts'

/** The cluster that the flags choose: its configuration, and what `connect` takes for it. */
export interface Target {
  readonly config: ConnectionConfig
  /** Which plugins may run. */
  readonly policy: ChosenPolicy
  readonly options: ConnectOptions & { readonly plugin: PluginOptions }
}

/**
 * Chooses the cluster, the way kubectl does.
 *
 * @param plugin How a plugin is run, beside what every command says about that.
 * @throws {@link KubecredError} As `chooseConnection`.
 * @throws {@link KubecredError} As `loadPluginPolicy`.
 * @throws {@link CommandError} When the plugin has been led back to its own kubeconfig, or the flags
 *   for plugins contradict each other.
 */
export async function chooseTarget(
  flags: GlobalFlags,
  { terminal, say }: Pick<Session, 'terminal' | 'say'>,
  plugin: PluginOptions = {},
): Promise<Target> {
  const policy = await choosePluginPolicy(flags, terminal.host)
  for (const warning of policy.warnings) say(`Warning: ${warning}`)
  return await chooseTargetUnder(policy, flags, { terminal, say }, plugin)
}

/**
 * Chooses the cluster under a policy that has been chosen.
 *
 * @param plugin As in `chooseTarget`.
 * @throws {@link KubecredError} As `chooseConnection`.
 * @throws {@link CommandError} When the plugin has been led back to its own kubeconfig.
 */
export async function chooseTargetUnder(
  policy: ChosenPolicy,
  flags: GlobalFlags,
  { terminal, say }: Pick<Session, 'terminal' | 'say'>,
  plugin: PluginOptions = {},
): Promise<Target> {
  const { host } = terminal
  const options = { ...overridesOf(flags), kubeconfig: flags.kubeconfig || undefined }
  const config = await chooseConnection(options, host).catch((error: unknown) => {
    throw withFlags(error)
  })
  const env = extendChain(config, host.env)
  for (const warning of config.warnings) say(`Warning: ${warning}`)
  return {
    config,
    policy,
    options: {
      connection: config,
      host,
      plugin: { ...plugin, env, ...policyOptions(policy) },
    },
  }
}

/** The same cluster under another policy. */
export function underPolicy(target: Target, policy: ChosenPolicy): Target {
  const { options } = target
  const plugin = { ...options.plugin, ...policyOptions(policy) }
  return { ...target, policy, options: { ...options, plugin } }
}
