import type { Command } from 'commander'

import type { Actions } from './actions.ts'
import { usageError } from './command-error.ts'
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

/**
 * Adds `token` and the commands behind it; each tells `end` its exit code.
 *
 * @param args The command line, which shows what stands behind `--`.
 */
export function addTokenCommands(
  program: Command,
  args: readonly string[],
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
      assertBehindDashes(words, args)
      end(await actions.tokenProject(words, flags))
    },
  )
}

/** A word that is there by mistake must not be run. */
function assertBehindDashes(words: readonly string[], args: readonly string[]): void {
  const dashes = args.indexOf('--')
  const behind = dashes === -1 ? 0 : args.length - dashes - 1
  const [stray] = words.slice(0, words.length - behind)
  if (stray === undefined) return
  const hint = 'a command to run after each change stands behind --: … -- systemctl reload nginx'
  throw usageError(`unexpected argument ${JSON.stringify(stray)}`, hint)
}
