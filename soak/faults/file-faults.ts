import type { ClientName } from '../cast.ts'
import type { CredentialFiles } from '../credential-files.ts'
import { fault, type Fault } from '../fault.ts'
import type { Excuse } from '../oracle.ts'

/** What can happen to files. */
export const fileFaults: readonly Fault[] = [
  swapping('token folder is swapped', 'token-file', [], (files) => files.swapTokenFolder()),
  swapping('token file is written slowly', 'token-file', [], (files, pause) =>
    files.writeTokenSlowly(pause),
  ),
  swapping('token file is missing for a while', 'token-file', [], (files, pause) =>
    files.withoutToken(pause),
  ),
  swapping('key is replaced before its certificate', 'pair-files', [], (files, pause) =>
    files.replacePair(pause),
  ),
  swapping('certificate and key are replaced', 'pair-files', [], (files) =>
    files.replacePair(async () => {}),
  ),
  swapping('kubeconfig of a proxy is replaced', 'followed-proxy', [], (files) =>
    files.replaceKubeconfig(),
  ),
  swapping('kubeconfig of a proxy is half written', 'followed-proxy', [], (files, pause) =>
    files.breakKubeconfig(pause),
  ),
  swapping('kubeconfig of a proxy is missing', 'followed-proxy', [], (files, pause) =>
    files.withoutKubeconfig(pause),
  ),
]

function swapping(
  name: string,
  client: ClientName,
  excuses: readonly Excuse[],
  swap: (files: CredentialFiles, pause: () => Promise<void>) => Promise<void>,
): Fault {
  return fault({
    name,
    group: 'file',
    targets: [client],
    claims: () => [client],
    lasts: [500, 2000],
    async begin({ world, pause, dice }) {
      const swapped = swap(world.files, () => pause(dice.between(100, 1500)))
      return { excuses, affected: [client], lift: () => swapped }
    },
  })
}
