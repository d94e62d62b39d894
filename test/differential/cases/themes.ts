import type { Case } from '../case.ts'
import { callCases } from './calls.ts'
import { clusterInfoCases } from './cluster-info.ts'
import { commandCases } from './commands.ts'
import { credentialCases } from './credentials.ts'
import { environmentCases } from './environment.ts'
import { execInfoCases } from './exec-info.ts'
import { misbehaviourCases } from './misbehaviour.ts'
import { serverAnswerCases } from './server-answers.ts'
import { sourceCases } from './sources.ts'
import { terminalCases } from './terminals.ts'
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
  { theme: 'users', cases: userCases },
  { theme: 'answers of the server', cases: serverAnswerCases },
  { theme: 'plugins that misbehave', cases: misbehaviourCases },
  { theme: 'sources of configuration', cases: sourceCases },
  { theme: 'prompts on a terminal', cases: terminalCases },
  { theme: 'calls that send something', cases: callCases },
  { theme: 'credentials of a plugin', cases: credentialCases },
]
