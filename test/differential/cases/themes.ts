import type { Case } from '../case.ts'
import { addressCases } from './addresses.ts'
import { callCases } from './calls.ts'
import { clusterInfoCases } from './cluster-info.ts'
import { commandCases } from './commands.ts'
import { credentialCases } from './credentials.ts'
import { environmentCases } from './environment.ts'
import { execInfoCases } from './exec-info.ts'
import { overrideCases } from './overrides.ts'
import { pairCases } from './pairs.ts'
import { placeCases } from './places.ts'
import { outputCases } from './plugin-output.ts'
import { processCases } from './plugin-processes.ts'
import { redirectCases } from './redirects.ts'
import { refusalCases } from './refusals.ts'
import { replyCases } from './replies.ts'
import { responseCases } from './responses.ts'
import { terminalCases } from './terminals.ts'
import { tokenCases } from './tokens.ts'
import { unauthorizedCases } from './unauthorized.ts'
import { userCases } from './users.ts'

/** Cases about one subject. */
export interface Theme {
  readonly theme: string
  readonly cases: readonly Case[]
}

/** All that is compared. */
export const themes: readonly Theme[] = [
  { theme: 'what a plugin is told', cases: execInfoCases },
  { theme: 'the cluster in what it is told', cases: clusterInfoCases },
  { theme: 'the command of a plugin', cases: commandCases },
  { theme: 'arguments and variables of a plugin', cases: environmentCases },
  { theme: 'prompts on a terminal', cases: terminalCases },
  { theme: 'plugins as processes', cases: processCases },
  { theme: 'what a plugin prints', cases: outputCases },
  { theme: 'replies of a plugin', cases: replyCases },
  { theme: 'certificates in a reply', cases: pairCases },
  { theme: 'credentials of a plugin', cases: credentialCases },
  { theme: 'users', cases: userCases },
  { theme: 'where the configuration comes from', cases: placeCases },
  { theme: 'flags over it', cases: overrideCases },
  { theme: 'where the server is', cases: addressCases },
  { theme: 'what is asked for, and what comes back', cases: responseCases },
  { theme: 'refusals', cases: refusalCases },
  { theme: 'unauthorized', cases: unauthorizedCases },
  { theme: 'redirects', cases: redirectCases },
  { theme: 'calls that send something', cases: callCases },
  { theme: 'tokens of ServiceAccounts', cases: tokenCases },
]
