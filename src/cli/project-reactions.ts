import { resolve } from 'node:path'

import type { Reaction } from './after-renewal.ts'
import { usageError } from './command-error.ts'
import { sendSignal } from './renewal-signal.ts'
import type { Session } from './session.ts'
import type { TokenProjectFlags } from './token-project-flags.ts'

/**
 * What the command line wants done after each change of the files.
 *
 * @param words The command that stands behind the flags.
 * @throws {@link CommandError} A usage error.
 */
export function readReactions(
  words: readonly string[],
  flags: TokenProjectFlags,
  { terminal, signal }: Pick<Session, 'terminal' | 'signal'>,
): readonly Reaction[] {
  const { host, clock } = terminal
  const reactions: Reaction[] = []
  const target = targetOf(flags, host.cwd)
  if (target !== undefined) {
    const wanted = flags.signal ?? 'SIGHUP'
    reactions.push(() => sendSignal({ signal: wanted, process: target }))
  } else if (flags.signal !== undefined) {
    throw usageError('--signal needs a process', 'give --pid or --pid-file, too')
  }
  if (words.length > 0) {
    // Loaded when the files have changed.
    reactions.push(async () => {
      const { runCommand } = await import('./renewal-command.ts')
      return await runCommand(words, { host, clock, signal })
    })
  }
  if (flags.once === true && reactions.length > 0) {
    throw usageError(
      'nothing is done after --once: no command, no signal',
      'put the command behind this one: kubecred token project … && command',
    )
  }
  return reactions
}

function targetOf(
  { pid, pidFile = '' }: TokenProjectFlags,
  cwd: string,
): number | string | undefined {
  if (pidFile === '') return pid
  if (pid === undefined) return resolve(cwd, pidFile)
  throw usageError('cannot set --pid and --pid-file at the same time', 'leave one of them out')
}
