import {
  completionTexts,
  credentialTexts,
  proxyTexts,
  requestTexts,
  whoamiTexts,
  type CommandTexts,
} from './command-texts.ts'
import { credentialFlags } from './credential-flags.ts'
import type { Flag } from './flag.ts'
import { proxyFlags } from './proxy-flags.ts'
import { requestFlags } from './request-flags.ts'
import { tokenCreateFlags, tokenCredentialFlags, tokenInspectFlags } from './token-flags.ts'
import { tokenProjectFlags } from './token-project-flags.ts'
import {
  tokenCreateTexts,
  tokenCredentialTexts,
  tokenInspectTexts,
  tokenProjectTexts,
  tokenTexts,
} from './token-texts.ts'
import { whoamiFlags } from './whoami-flags.ts'

/** A command of the command line. */
export interface CommandEntry {
  readonly name: string
  readonly texts: CommandTexts
  /** Beside those of every command. */
  readonly flags: readonly Flag[]
  /** Commands whose names come after its own; one that has some does nothing by itself. */
  readonly subcommands?: readonly CommandEntry[]
}

/** All commands, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  { name: 'request', texts: requestTexts, flags: requestFlags },
  { name: 'credential', texts: credentialTexts, flags: credentialFlags },
  { name: 'whoami', texts: whoamiTexts, flags: whoamiFlags },
  { name: 'proxy', texts: proxyTexts, flags: proxyFlags },
  {
    name: 'token',
    texts: tokenTexts,
    flags: [],
    subcommands: [
      { name: 'create', texts: tokenCreateTexts, flags: tokenCreateFlags },
      { name: 'inspect', texts: tokenInspectTexts, flags: tokenInspectFlags },
      { name: 'credential', texts: tokenCredentialTexts, flags: tokenCredentialFlags },
      { name: 'project', texts: tokenProjectTexts, flags: tokenProjectFlags },
    ],
  },
  { name: 'completion', texts: completionTexts, flags: [] },
]
