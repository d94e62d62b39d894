import { fileURLToPath } from 'node:url'

import { startCompanion, type Companion } from './child.ts'

/** The server of `upstream.ts`. */
export type Upstream = Companion<{ readonly port: number; readonly ca: string }>

/** The one token that it takes. */
export const upstreamToken = 'bench'

/** Starts a server that answers `/version` at once, over HTTP/1.1 and HTTP/2. */
export async function startUpstream(): Promise<Upstream> {
  const script = fileURLToPath(new URL('upstream.ts', import.meta.url))
  return await startCompanion(process.execPath, [script])
}
