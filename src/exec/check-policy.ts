import { flavour } from '../api/go-path.ts'
import type { PluginPolicy } from '../api/plugin-policy.ts'
import type { KubecredError } from '../errors/kubecred-error.ts'
import { notAllowedError } from './exec-error.ts'
import { lookPath, type LookUp } from './look-path.ts'
import { resolvedPath } from './resolved-path.ts'
import type { SearchHost } from './search-places.ts'

/** A plugin that is about to run. */
export interface PolicyQuestion {
  /** Undefined allows all. */
  readonly policy: PluginPolicy | undefined
  /** Where it stands, for hints. */
  readonly origin: string | undefined
  /** Clean, see `cleanPath`. */
  readonly command: string
  /** What was found under that command, and would run. */
  readonly lookUp: LookUp
  readonly host: SearchHost
  readonly searchPath: readonly string[]
}

/**
 * Whether the policy lets a plugin run, by the rules of client-go since 1.35: an allowlist is compared
 * with the command as it is written and with the path that it leads to; then those of its entries that
 * have the same base name are looked up, and their paths compared.
 *
 * @returns `ERR_EXEC_NOT_ALLOWED` in client-go's words; undefined when the plugin may run.
 */
export async function policyRefusal(question: PolicyQuestion): Promise<KubecredError | undefined> {
  const { policy, command, origin = 'the plugin policy' } = question
  switch (policy?.policyType) {
    case 'DenyAll':
      return notAllowedError(
        `plugin ${JSON.stringify(command)} not allowed: policy set to "DenyAll"`,
        `${origin} lets no plugin run; use a context that needs none, or change it`,
      )
    case 'Allowlist':
      return await allowlistRefusal(
        question,
        policy.allowlist.map((entry) => entry.command),
      )
    default:
      return undefined
  }
}

async function allowlistRefusal(
  { command, lookUp, host, searchPath, origin = 'the plugin policy' }: PolicyQuestion,
  entries: readonly string[],
): Promise<KubecredError | undefined> {
  const listed = new Set(entries)
  const { path, trouble } = await resolvedPath(command, lookUp, host)
  if (listed.has(command) || listed.has(path)) return undefined
  if (trouble !== undefined) {
    return notAllowedError(
      `plugin path ${JSON.stringify(path)} cannot be resolved for credential plugin allowlist check: ` +
        `exec: ${JSON.stringify(command)}: ${trouble}`,
      `${origin} lets only plugins run that are found: install it, or correct the path of the command`,
    )
  }
  const { basename } = flavour(host.platform)
  for (const entry of entries) {
    if (basename(entry) !== basename(path)) continue
    const found = await resolvedPath(entry, await lookPath(entry, host, searchPath), host)
    if (found.trouble === undefined && found.path === path) return undefined
  }
  return notAllowedError(
    `plugin path ${JSON.stringify(path)} is not permitted by the credential plugin allowlist`,
    `if you trust it, add it to the allowlist of ${origin}, by its name or its whole path`,
  )
}
