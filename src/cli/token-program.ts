import type { Command } from 'commander'

import type { Actions } from './actions.ts'
import { addCommand, addCommandWithWords } from './define-command.ts'
import type { GlobalFlags } from './global-flags.ts'
import {
  tokenCreateFlags,
  tokenCredentialFlags,
  tokenInspectFlags,
  type TokenCreateFlags,
  type TokenInspectFlags,
  type TokenWishFlags,
} from './token-flags.ts'
import { tokenProjectFlags, type TokenProjectFlags } from './token-project-flags.ts'
import {
  tokenCreateTexts,
  tokenCredentialTexts,
  tokenInspectTexts,
  tokenProjectTexts,
  tokenTexts,
} from './token-texts.ts'

/** Adds `token` and the commands behind it; each tells `end` its exit code. */
export function addTokenCommands(
  program: Command,
  actions: Actions,
  end: (exitCode: number) => void,
): void {
  const token = addCommand(program, 'token', tokenTexts, [])
  token.helpCommand('help [command]', 'print the help of a command')
  addCommandWithWords(token, 'create', tokenCreateTexts, tokenCreateFlags).action(
    async (words: readonly string[], _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & TokenCreateFlags>()
      end(await actions.tokenCreate(words, flags))
    },
  )
  addCommandWithWords(token, 'inspect', tokenInspectTexts, tokenInspectFlags).action(
    async (words: readonly string[], _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & TokenInspectFlags>()
      end(await actions.tokenInspect(words, flags))
    },
  )
  addCommandWithWords(token, 'credential', tokenCredentialTexts, tokenCredentialFlags).action(
    async (words: readonly string[], _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & TokenWishFlags>()
      end(await actions.tokenCredential(words, flags))
    },
  )
  addCommandWithWords(token, 'project', tokenProjectTexts, tokenProjectFlags).action(
    async (words: readonly string[], _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & TokenProjectFlags>()
      end(await actions.tokenProject(words, flags))
    },
  )
}
