import { execFileSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'

import { findKubectl } from '../../scripts/find-kubectl.ts'
import type { Conditions } from './results.ts'

/** The machine as it is now. */
export function readConditions(quick: boolean): Conditions {
  return {
    date: new Date().toISOString(),
    processor: cpus()[0]?.model ?? 'unknown processor',
    cores: cpus().length,
    node: process.versions.node,
    kubectl: kubectlVersion(),
    load: loadavg()[0] ?? 0,
    quick,
  }
}

function kubectlVersion(): string {
  const kubectl = findKubectl()
  if (kubectl === undefined) return 'none'
  const text = execFileSync(kubectl, ['version', '--client', '-o', 'json'], { encoding: 'utf8' })
  // kubectl's own shape; a wrong one shows on the page and nowhere else.
  return (JSON.parse(text) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion
}
