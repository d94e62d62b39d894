import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { findOnPath, isExecutable } from '../../scripts/executable.ts'
import { buildFile, cacheRoot, moduleFolder } from '../../test/cluster/binaries.ts'
import { startCompanion } from '../processes/child.ts'

/** client-go's exec authenticator, in a process of its own. */
export interface ClientGo extends AsyncDisposable {
  /** Sends requests through it, to a transport that answers at once; microseconds for each. */
  authorise(url: string, howMany: number): Promise<number>
}

/** Starts it, after building it on first use: a minute. Undefined where there is no Go. */
export async function startClientGo(): Promise<ClientGo | undefined> {
  const path = join(cacheRoot(), 'authorisation', sourceDigest(), 'authorisation')
  if (!isExecutable(path)) {
    if (findOnPath('go') === undefined) return undefined
    process.stdout.write('  building client-go, once\n')
    await buildFile(path, ['-trimpath'], './authorisation')
  }
  const companion = await startCompanion<{ readonly ok: true }>(path, [])
  return {
    authorise: async (url, howMany) => {
      const question = JSON.stringify({ url, howMany })
      const { nanoseconds } = await companion.ask<{ readonly nanoseconds: number }>(question)
      return nanoseconds / howMany / 1000
    },
    [Symbol.asyncDispose]: async () => await companion[Symbol.asyncDispose](),
  }
}

function sourceDigest(): string {
  const hash = createHash('sha256')
  for (const file of ['go.mod', 'go.sum', 'authorisation/main.go']) {
    hash.update(readFileSync(join(moduleFolder, file)))
  }
  return hash.digest('hex').slice(0, 16)
}
