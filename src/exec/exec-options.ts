import { isAbsolute } from 'node:path'

import type { ExecCluster } from '../api/exec-config.ts'
import type { PluginPolicy } from '../api/plugin-policy.ts'
import { systemClock, type Clock } from '../credential/clock.ts'
import type { Host } from '../host/host.ts'
import { readPluginPolicy } from './plugin-policy.ts'
import type { StderrOption } from './stderr-target.ts'

/** Settings of an exec plugin that a kubeconfig cannot make: they are the program's. */
export interface ExecOptions {
  /** What the plugin is told when its entry says `provideClusterInfo`. Default: nothing. */
  readonly cluster?: ExecCluster | undefined
  /** Default: this process, looked at anew for each run. */
  readonly host?: Host | undefined
  /** Default: the machine's time. */
  readonly clock?: Clock | undefined
  /** Variables set over those of this process; the kubeconfig's own win over them. Default: none. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /**
   * Which variables of this process the plugin sees: all, none, or those named. The plugin is
   * looked up in the PATH of this process all the same. Default: true.
   */
  readonly inheritEnv?: boolean | readonly string[] | undefined
  /**
   * Absolute folders to look in after PATH, for a program that was started from a desktop and has
   * a short PATH: `['/usr/local/bin', '/opt/homebrew/bin']`. Default: none.
   */
  readonly searchPath?: readonly string[] | undefined
  /**
   * What becomes of the plugin's standard error. `inherit`: goes to that of this process, directly
   * when it is a terminal, else through a pipe that is forwarded as it comes. A function gets the
   * bytes as they come; `ignore` drops them. All but the direct way also keep the last 4 KiB, which
   * an error shows as `details.stderrTail`, scrubbed of secrets. Default: `inherit`.
   */
  readonly stderr?: StderrOption | undefined
  /** Whether the program needs its standard input itself, so that no plugin may prompt. Default: false. */
  readonly stdinUnavailable?: boolean | undefined
  /** What it needs it for; part of the error when a plugin must prompt. Default: ''. */
  readonly stdinUnavailableMessage?: string | undefined
  /**
   * Which plugins may run: a kubeconfig names any program, and this says which of them you mean.
   * `loadPluginPolicy` gives that of kubectl's preferences. Default: all.
   */
  readonly policy?: PluginPolicy | undefined
  /** Where the policy stands, for the hint of a refusal: a file, a setting. Default: not said. */
  readonly policyOrigin?: string | undefined
  /** Longest standard output, bytes; a plugin that prints more is stopped. Default: 1 048 576. */
  readonly maxOutputBytes?: number | undefined
}

/** {@link ExecOptions} with the defaults filled in; without `host` each run looks for itself. */
export interface ExecSettings {
  readonly cluster: ExecCluster | undefined
  readonly host: Host | undefined
  readonly clock: Clock
  readonly env: Readonly<Record<string, string>>
  readonly inheritEnv: boolean | readonly string[]
  readonly searchPath: readonly string[]
  readonly stderr: StderrOption
  readonly stdinUnavailable: boolean
  readonly stdinUnavailableMessage: string
  readonly policy: PluginPolicy | undefined
  readonly policyOrigin: string | undefined
  readonly maxOutputBytes: number
}

const optionNames: ReadonlySet<string> = new Set<keyof ExecOptions>([
  'cluster',
  'host',
  'clock',
  'env',
  'inheritEnv',
  'searchPath',
  'stderr',
  'stdinUnavailable',
  'stdinUnavailableMessage',
  'policy',
  'policyOrigin',
  'maxOutputBytes',
])

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError for an option that cannot work.
 * @throws {@link KubecredError} `ERR_EXEC_POLICY` for a policy that contradicts itself.
 */
export function readExecOptions(options: ExecOptions): ExecSettings {
  const { maxOutputBytes = 1_048_576, searchPath = [], inheritEnv = true } = options
  // A policy under a name that is misspelt would let everything run.
  const unknown = Object.keys(options).find((name) => !optionNames.has(name))
  if (unknown !== undefined) {
    throw new TypeError(`there is no plugin option ${JSON.stringify(unknown)}`)
  }
  if (!Number.isSafeInteger(maxOutputBytes) || maxOutputBytes < 1) {
    throw new TypeError(`"maxOutputBytes" must be a whole number above zero: ${maxOutputBytes}`)
  }
  // A program in JavaScript may give anything.
  const [folders, policy]: readonly unknown[] = [searchPath, options.policy]
  if (!Array.isArray(folders)) {
    throw new TypeError(`"searchPath" must be a list of folders: ${kindOf(folders)}`)
  }
  if (policy === null || (policy !== undefined && typeof policy !== 'object')) {
    throw new TypeError(`"policy" must be an object with "policyType": ${kindOf(policy)}`)
  }
  const relative = searchPath.find((folder) => typeof folder !== 'string' || !isAbsolute(folder))
  if (relative !== undefined) {
    throw new TypeError(`"searchPath" must hold absolute folders: ${JSON.stringify(relative)}`)
  }
  return {
    cluster: options.cluster,
    host: options.host,
    clock: options.clock ?? systemClock,
    env: { ...options.env },
    inheritEnv: typeof inheritEnv === 'boolean' ? inheritEnv : [...inheritEnv],
    searchPath: [...searchPath],
    stderr: options.stderr ?? 'inherit',
    stdinUnavailable: options.stdinUnavailable ?? false,
    stdinUnavailableMessage: options.stdinUnavailableMessage ?? '',
    policyOrigin: options.policyOrigin,
    policy:
      options.policy === undefined ? undefined : readPluginPolicy(options.policy, options.host),
    maxOutputBytes,
  }
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value
}
