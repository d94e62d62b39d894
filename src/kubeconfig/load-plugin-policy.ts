import { examinePolicy, type PluginPolicy } from '../api/plugin-policy.ts'
import { KubecredError, systemCodeOf } from '../errors/kubecred-error.ts'
import { thisHost, type Host } from '../host/host.ts'
import { readBounded } from '../host/read-bounded.ts'
import { unreadableFile } from '../host/system-words.ts'
import { homeFolder } from './home-folder.ts'
import { locateKuberc, type KubercPlace } from './locate-kuberc.ts'
import type { Preference } from './read-preference.ts'

/** Which preferences to load. */
export interface PluginPolicyOptions {
  /** Path of the file; default: KUBERC, else `~/.kube/kuberc`. */
  readonly path?: string | undefined
  /**
   * Whether a file that is there must be usable even if nobody asked for it. kubectl warns, and goes on
   * without a policy. Default: false. A file that kubectl may be able to use, and that is only too much
   * to be read here, is an error either way.
   */
  readonly strict?: boolean | undefined
  /** Default: this process. */
  readonly host?: Host | undefined
}

/** The plugin policy of kubectl's preferences, and where it comes from. */
export interface LoadedPluginPolicy {
  /** `AllowAll` where the preferences say nothing. */
  readonly policy: PluginPolicy
  /**
   * Whether the preferences name this policy; false where it is `AllowAll` because there are none, or
   * they name none. A program that runs should not take the loss of a file for a wish to permit more.
   */
  readonly stated: boolean
  /** Absolute path of the file, whether or not it exists; undefined when there is none to look for. */
  readonly file: string | undefined
  /**
   * What kubectl warns of and goes on, in its words: a field that it does not know, or, in the file that
   * nobody asked for, anything that makes it unusable.
   */
  readonly warnings: readonly string[]
}

const largestFile = 1024 * 1024

/**
 * Loads the plugin policy that the user has set for kubectl in its preferences (kuberc), by the rules
 * of kubectl 1.36: the file of `path`, else that of KUBERC (`off`: none), else `~/.kube/kuberc`, which
 * may be missing. Nothing else in the file has an effect.
 *
 * @throws {@link KubecredError} `ERR_KUBERC` for a file that was asked for and cannot be used, for one that
 *   kubectl refuses, and for one that is larger than 1 MiB or nested too deep; `ERR_EXEC_POLICY` for a
 *   policy that contradicts itself.
 * @example
 * ```ts
 * import { loadPluginPolicy } from 'kubecred'
 * import { connect } from 'kubecred/https'
 *
 * const { policy } = await loadPluginPolicy()
 * const cluster = await connect({ plugin: { policy } })
 * await cluster.close()
 * ```
 */
export async function loadPluginPolicy(
  options: PluginPolicyOptions = {},
): Promise<LoadedPluginPolicy> {
  const { path, strict = false, host = thisHost() } = options
  const place = locateKuberc(path, host, homeFolder(host))
  if (place.kind === 'contradiction') {
    throw new KubecredError(
      'ERR_KUBERC',
      `disabling kuberc via ${place.setting} and passing kuberc flag are mutually exclusive`,
      { hint: 'unset the variable to use the file, or leave the file out' },
    )
  }
  if (place.kind === 'none')
    return { policy: allowAll, stated: false, file: undefined, warnings: [] }
  const read = await readPreferences(place, strict)
  const { file } = place
  const { preference, warnings } = read
  if (preference === undefined) return { policy: allowAll, stated: false, file, warnings }
  const stated = preference.policy.policyType !== ''
  return { policy: policyOf(preference, place, host), stated, file, warnings }
}

const allowAll: PluginPolicy = Object.freeze({ policyType: 'AllowAll' })

type KubercFile = Extract<KubercPlace, { readonly kind: 'file' }>

async function readPreferences(
  place: KubercFile,
  strict: boolean,
): Promise<{ readonly preference?: Preference; readonly warnings: readonly string[] }> {
  const { shown, file, explicit } = place
  const bytes = await readBounded(file, largestFile).catch((error: unknown) => {
    if (!explicit && systemCodeOf(error) === 'ENOENT') return 'missing' as const
    return unreadableFile(shown, error)
  })
  if (bytes === 'missing') return { warnings: [] }
  if (bytes === undefined) throw beyondLimits(`${shown} is larger than 1 MiB`, place)
  if (typeof bytes === 'string') return unusable(bytes, place, strict)
  // Loaded when there is something to read.
  const { parseKuberc } = await import('./parse-kuberc.ts')
  const parsed = parseKuberc(bytes, shown)
  switch (parsed.kind) {
    case 'empty':
      return { warnings: [] }
    case 'unusable':
      return unusable(parsed.why, place, strict)
    case 'beyond-limits':
      throw beyondLimits(`no preferences read from ${shown}: ${parsed.why}`, place)
    case 'preference': {
      const { preference, passedOver } = parsed
      if (passedOver === '') return { preference, warnings: [] }
      return {
        preference,
        warnings: [`kuberc: ignoring strict decoding error in ${shown}: ${passedOver}`],
      }
    }
  }
}

/** A file that was asked for must be usable; the one that is there by default is only warned of. */
function unusable(
  why: string,
  { shown, file, explicit, without }: KubercFile,
  strict: boolean,
): { readonly warnings: readonly string[] } {
  if (!explicit && !strict)
    return { warnings: [`kuberc: no preferences loaded from ${shown}: ${why}`] }
  throw new KubecredError('ERR_KUBERC', `kuberc: ${why}`, {
    hint: `check ${shown}, or ${without} to go without these preferences and their plugin policy`,
    details: { file },
  })
}

/** kubectl may obey a policy in such a file: to go on without would permit what it forbids. */
function beyondLimits(why: string, { shown, file }: KubercFile): KubecredError {
  return new KubecredError('ERR_KUBERC', `kuberc: ${why}`, {
    hint: `kubectl may read more than this does: make ${shown} smaller and simpler`,
    details: { file },
  })
}

function policyOf(
  { policy: unchecked, problem }: Preference,
  { shown, file }: KubercFile,
  { platform }: Host,
): PluginPolicy {
  if (problem !== undefined) {
    throw new KubecredError('ERR_KUBERC', problem, {
      hint: `correct ${shown}, which kubectl refuses as well`,
      details: { file },
    })
  }
  const policy = examinePolicy(unchecked, platform)
  if (!('problem' in policy)) return policy
  throw new KubecredError('ERR_EXEC_POLICY', policy.problem, {
    hint: `correct ${shown}: ${policy.hint}`,
    details: { file },
  })
}
