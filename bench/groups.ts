import { benchAuthorisation } from './groups/authorisation.ts'
import { benchClientNode } from './groups/client-node.ts'
import { benchCommandLine } from './groups/command-line.ts'
import { benchDispatcher } from './groups/dispatcher.ts'
import { benchExpiry } from './groups/expiry.ts'
import { benchMany } from './groups/many.ts'
import { benchMemory } from './groups/memory.ts'
import { benchProtocol, benchProxy } from './groups/proxy.ts'
import { benchRotation } from './groups/rotation.ts'
import { benchSickness } from './groups/sickness.ts'
import { benchTokens } from './groups/tokens.ts'
import type { Effort } from './measure/effort.ts'
import type { Found } from './page/results.ts'

/** How each group of the page is measured, by its name. */
export const groups: Readonly<Record<string, (effort: Effort) => Promise<Found>>> = {
  dispatcher: benchDispatcher,
  authorisation: benchAuthorisation,
  proxy: benchProxy,
  protocol: benchProtocol,
  memory: benchMemory,
  expiry: benchExpiry,
  rotation: benchRotation,
  many: benchMany,
  sickness: benchSickness,
  tokens: benchTokens,
  'command-line': benchCommandLine,
  'client-node': benchClientNode,
}
