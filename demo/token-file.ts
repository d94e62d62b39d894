import { mkdtemp, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { defaultVolume, TokenManager, VolumeKeeper } from '../src/doors/token.ts'
import { tokenClient, type UndiciCluster } from '../src/doors/undici.ts'
import { ask, type Answer } from './requests.ts'
import type { Stage } from './stage.ts'

/** The ServiceAccount that the second act is about. */
export const deployer = { kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' } as const

/** How often it is looked at, milliseconds. */
export const checkMs = 500

/** A token that is kept in a file, and who reads it. */
export interface TokenFile {
  readonly keeper: VolumeKeeper
  /** Reads the file, and sends a request with what stands there. */
  read(): Promise<Answer>
}

/** Sets up the account and what keeps its token, for as long as `play` takes; nothing is written before. */
export async function withTokenFile<Result>(
  stage: Stage,
  play: (file: TokenFile) => Promise<Result>,
): Promise<Result> {
  await stage.issue(100)
  const cluster = await stage.connect()
  stage.server.createNamespace(deployer.namespace)
  stage.server.createTokenOwner(deployer)
  const directory = await mkdtemp(join(dirname(stage.kubeconfig), 'token-'))
  const manager = new TokenManager({ client: tokenClient(cluster), checkAccountsMs: checkMs })
  const account = { namespace: deployer.namespace, name: deployer.name }
  const keeper = new VolumeKeeper({ directory, volume: defaultVolume(), manager, account })
  try {
    return await play({ keeper, read: () => readAndAsk(cluster, join(directory, 'token')) })
  } finally {
    await keeper.close()
    await manager.close()
  }
}

async function readAndAsk(cluster: UndiciCluster, file: string): Promise<Answer> {
  const token = await readFile(file, 'utf8')
  return await ask(cluster, undefined, { headers: { authorization: `Bearer ${token}` } })
}
