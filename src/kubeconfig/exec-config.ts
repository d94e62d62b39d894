import { execApiVersions, interactiveModes, type ExecConfig } from '../api/exec-config.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import type { ExecEntry, Origin } from './entries.ts'
import { printableText, quotedIfHarmless } from '../encoding/printable-text.ts'

/**
 * Makes an exec entry that has passed validation ready to run.
 *
 * @throws {@link KubecredError} `ERR_EXEC_CONFIG` for a version that nobody speaks.
 */
export function execConfigOf(entry: ExecEntry, origin: Origin): ExecConfig {
  const apiVersion = execApiVersions.find((version) => version === entry.apiVersion)
  if (apiVersion === undefined) throw unknownVersion(entry.apiVersion, origin)
  return Object.freeze({
    command: entry.command,
    args: entry.args,
    env: entry.env,
    apiVersion,
    installHint: printableText(entry.installHint),
    provideClusterInfo: entry.provideClusterInfo,
    // Validation has refused any other.
    interactiveMode:
      interactiveModes.find((mode) => mode === entry.interactiveMode) ?? 'IfAvailable',
  })
}

function unknownVersion(version: string, { file, field }: Origin): KubecredError {
  return new KubecredError(
    'ERR_EXEC_CONFIG',
    `exec plugin: invalid apiVersion ${quotedIfHarmless(version)}`,
    {
      hint: `the versions are ${execApiVersions.join(', ')}`,
      details: { file, field: `${field}.exec.apiVersion` },
    },
  )
}
