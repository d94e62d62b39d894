import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that is gone when its user is done. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string
}

/** Makes a folder for the files of one measurement. */
export async function makeTemporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'kubecred-bench-'))
  return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true }) }
}
