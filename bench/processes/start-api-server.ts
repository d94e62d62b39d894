import { fileURLToPath } from 'node:url'

import { startCompanion, type Companion } from './child.ts'

/** Where the server of `api-server.ts` is. */
export interface Where {
  readonly url: string
  readonly certificateAuthorityPem: string
  /** Where a fake plugin gets tokens; see its `issueFrom`. */
  readonly tokens: string
  /** Where it gets certificates whose end it may name to the millisecond. */
  readonly certificates: string
}

/** What came to the server since it was told to forget. */
export interface Counts {
  readonly answered: number
  /** Requests without a credential, or with one that is not good. */
  readonly refused: number
  /** How many different ones. */
  readonly certificates: number
  readonly tokens: number
}

/** An API server that answers `/at-once`, and `/after/MS` when that time has passed. */
export interface BenchServer extends AsyncDisposable {
  readonly where: Where
  counts(): Promise<Counts>
  /** Begins to count anew. */
  forget(): Promise<void>
  /** Refuses every credential of this moment. */
  revokeAll(): Promise<void>
}

/** Starts it in a process of its own. */
export async function startBenchServer(): Promise<BenchServer> {
  const script = fileURLToPath(new URL('api-server.ts', import.meta.url))
  const companion: Companion<Where> = await startCompanion(process.execPath, [script])
  return {
    where: companion.ready,
    counts: async () => await companion.ask('counts'),
    forget: async () => await companion.ask('forget'),
    revokeAll: async () => await companion.ask('revoke'),
    [Symbol.asyncDispose]: async () => await companion[Symbol.asyncDispose](),
  }
}
