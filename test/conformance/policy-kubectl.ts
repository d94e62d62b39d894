import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

import { kubectlPath } from '../kubeconfig/kubectl.ts'

// Plugin policy came with 1.35, and the key `command` with 1.36.
const oldest = 36

/**
 * A kubectl that knows plugin policies as of 1.36: that of KUBECRED_KUBECTL, else the one in the folder
 * that KUBEBUILDER_ASSETS names, else the one on PATH; undefined where none of them is young enough.
 */
export const policyKubectl: string | undefined = findPolicyKubectl(process.env)

/** The title of tests that compare with it; tells why they are skipped where it is missing. */
export function besidePolicyKubectl(title: string): string {
  const why = `there is no kubectl 1.${oldest} or later; KUBECRED_KUBECTL can name one`
  return policyKubectl === undefined ? `${title} (skipped: ${why})` : title
}

function findPolicyKubectl(env: NodeJS.ProcessEnv): string | undefined {
  const { KUBECRED_KUBECTL: named, KUBEBUILDER_ASSETS: assets } = env
  const inAssets = assets === undefined ? undefined : join(assets, 'kubectl')
  return [named, inAssets, kubectlPath]
    .filter((path) => path !== undefined)
    .find((path) => isExecutable(path) && minorVersion(path) >= oldest)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function minorVersion(path: string): number {
  const env = { KUBERC: 'off' }
  const { stdout } = spawnSync(path, ['version', '--client'], { encoding: 'utf8', env })
  return Number(/v1\.(\d+)\./u.exec(stdout)?.[1] ?? 0)
}
