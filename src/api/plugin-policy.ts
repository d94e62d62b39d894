import { cleanPath } from './go-path.ts'

/**
 * Which exec plugins may run, in the terms of client-go: `AllowAll` (also what no policy means),
 * `DenyAll`, or those of an `Allowlist`.
 */
export type PluginPolicy =
  | { readonly policyType: 'AllowAll' | 'DenyAll'; readonly allowlist?: undefined }
  | { readonly policyType: 'Allowlist'; readonly allowlist: readonly AllowlistEntry[] }

/** One plugin that an allowlist permits. */
export interface AllowlistEntry {
  /**
   * A bare name, looked up in PATH as the command of the plugin is, or a whole path. It permits a
   * command that is written the same, and one that is found at the same path. Symbolic links are not
   * followed. Must be clean, as Go's `filepath.Clean` leaves it.
   */
  readonly command: string
}

/** A policy before it is checked: whatever stands in a file, or a program in JavaScript gives. */
export interface UncheckedPolicy {
  /** '' means `AllowAll`. */
  readonly policyType: string
  /** Absent and empty are different mistakes. */
  readonly allowlist?: readonly { readonly command?: string | undefined }[] | undefined
}

/** Why a policy is none. */
export interface PolicyProblem {
  /** In client-go's words. */
  readonly problem: string
  readonly hint: string
}

/** Checks a policy by the rules of client-go; the result shares nothing with what was given. */
export function examinePolicy(
  { policyType, allowlist }: UncheckedPolicy,
  platform: NodeJS.Platform,
): PluginPolicy | PolicyProblem {
  switch (policyType) {
    case '':
    case 'AllowAll':
    case 'DenyAll':
      if (allowlist === undefined) {
        return Object.freeze({ policyType: policyType === '' ? 'AllowAll' : policyType })
      }
      return {
        problem: `misconfigured credential plugin allowlist: plugin policy is "${policyType}" but allowlist is non-nil`,
        hint: 'the policy that goes by a list is "Allowlist"; take the list away for any other',
      }
    case 'Allowlist':
      return readAllowlist(allowlist, platform)
    default:
      return {
        problem: `unknown plugin policy: ${JSON.stringify(policyType)}`,
        hint: 'a policyType is AllowAll, DenyAll or Allowlist, written just so',
      }
  }
}

function readAllowlist(
  allowlist: UncheckedPolicy['allowlist'],
  platform: NodeJS.Platform,
): PluginPolicy | PolicyProblem {
  const set = 'credential plugin policy set to "Allowlist"'
  if (allowlist === undefined) {
    return {
      problem: `${set}, but allowlist is unspecified`,
      hint: 'name the plugins that may run; look for a slip in the name of the list',
    }
  }
  if (allowlist.length === 0) {
    return {
      problem: `${set}, but allowlist is empty; use "DenyAll" policy instead`,
      hint: 'name the plugins that may run',
    }
  }
  const commands = allowlist.map(({ command = '' }) => command)
  for (const [index, command] of commands.entries()) {
    const problem = entryProblem(command, index, platform)
    if (problem !== undefined) return problem
  }
  const entries = commands.map((command) => Object.freeze({ command }))
  return Object.freeze({ policyType: 'Allowlist', allowlist: Object.freeze(entries) })
}

function entryProblem(
  command: string,
  index: number,
  platform: NodeJS.Platform,
): PolicyProblem | undefined {
  if (command === '') {
    return {
      problem: `misconfigured credential plugin allowlist: empty allowlist entry #${index + 1}`,
      hint: 'an entry has a command: the name of a plugin, or its whole path',
    }
  }
  const clean = cleanPath(command, platform)
  if (clean === command) return undefined
  return {
    problem: `non-normalized file path: ${JSON.stringify(command)} vs ${JSON.stringify(clean)}`,
    hint: 'give the name of the plugin, or its whole path without "." and ".." in it',
  }
}
