import type { ExecConfig } from '../api/exec-config.ts'
import { execInfoVariable } from '../api/exec-info.ts'
import type { Environment } from '../host/host.ts'

/** What a plugin's environment is made of; what comes later in this list wins. */
export interface EnvironmentPlan {
  /** Environment of this process. */
  readonly parent: Environment
  /** Which variables of the parent the plugin sees: all, none, or those named. */
  readonly inherit: boolean | readonly string[]
  /** Variables that the program sets. */
  readonly env: Readonly<Record<string, string>>
  /** Variables that the kubeconfig sets. */
  readonly execEnv: ExecConfig['env']
  /** Value of `KUBERNETES_EXEC_INFO`. */
  readonly execInfo: string
  readonly platform: NodeJS.Platform
}

/** Puts a plugin's environment together; of two variables with one name the last wins. */
export function pluginEnvironment(plan: EnvironmentPlan): Record<string, string> {
  const variables = [
    ...inherited(plan),
    ...Object.entries(plan.env),
    ...plan.execEnv.map(({ name, value }): [string, string] => [name, value]),
    [execInfoVariable, plan.execInfo] as const,
  ]
  const last = new Map<string, readonly [name: string, value: string]>()
  for (const variable of variables) {
    const key = sameName(variable[0], plan.platform)
    // Deleted first, so that a variable stands where it was set last, as in Go.
    last.delete(key)
    last.set(key, variable)
  }
  return Object.fromEntries(last.values())
}

/** Reads a variable as the platform does: on Windows its name is of no fixed case. */
export function readVariable(
  env: Environment,
  name: string,
  platform: NodeJS.Platform,
): string | undefined {
  if (platform !== 'win32') return env[name]
  const key = sameName(name, platform)
  return Object.entries(env).find(([each]) => sameName(each, platform) === key)?.[1]
}

function inherited({ parent, inherit, platform }: EnvironmentPlan): [string, string][] {
  if (inherit === false) return []
  const wanted =
    inherit === true ? undefined : new Set(inherit.map((name) => sameName(name, platform)))
  return Object.entries(parent).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (wanted?.has(sameName(entry[0], platform)) ?? true),
  )
}

function sameName(name: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? name.toUpperCase() : name
}
