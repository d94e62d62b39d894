import { KubecredError } from '../errors/kubecred-error.ts'
import { readYamlFile, type FileProblem } from '../yaml/read-file.ts'
import { readEntries, type KubeconfigFile } from './read-entries.ts'

/**
 * Reads one kubeconfig, YAML or JSON.
 *
 * @param file Its path, for messages.
 * @throws {@link KubecredError} `ERR_KUBECONFIG_INVALID`, with file, line and field, and nothing of
 *   what stands there.
 */
export function parseKubeconfig(bytes: Uint8Array, file: string): KubeconfigFile {
  return readYamlFile(
    bytes,
    (value) => readEntries(value, file),
    (problem) => invalid(file, problem),
  )
}

function invalid(file: string, { message, hint, where }: FileProblem): KubecredError {
  return new KubecredError(
    'ERR_KUBECONFIG_INVALID',
    `error loading config file ${JSON.stringify(file)}: ${message}`,
    { hint, details: { file, ...where } },
  )
}
