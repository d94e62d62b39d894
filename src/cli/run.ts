import type { Actions } from './actions.ts'
import { credentialFlags } from './credential-flags.ts'
import type { Flag } from './flag.ts'
import { globalFlags } from './global-flags.ts'
import { quickArguments, type QuickArguments } from './quick-arguments.ts'
import { requestFlags } from './request-flags.ts'
import { Session } from './session.ts'
import { completeCommand } from './shells.ts'
import type { Terminal } from './terminal.ts'
import { tokenCreateFlags, tokenCredentialFlags, tokenInspectFlags } from './token-flags.ts'
import { whoamiFlags } from './whoami-flags.ts'

/**
 * The command line: does what the arguments say.
 *
 * @returns The exit code: 0; 1 for a failure; 2 for arguments that cannot be understood; 128 and
 *   more for a signal.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const session = new Session(terminal)
  try {
    if (args[0] === completeCommand) {
      return await (await import('./complete.ts')).complete(args.slice(1), session)
    }
    const actions = actionsIn(session)
    const plain = plainAction(args, actions)
    if (plain !== undefined) return await plain()
    // Loaded when needed: a plain command line shall not wait for it.
    const { runProgram } = await import('./program.ts')
    return await runProgram(args, actions, (text) => session.output.write(text))
  } catch (error) {
    return session.failed(error)
  } finally {
    session.end()
  }
}

/** What a command line asks for that needs no parser; undefined for all that may be a mistake. */
function plainAction(
  args: readonly string[],
  actions: Actions,
): (() => Promise<number>) | undefined {
  const read = (command: string, flags: readonly Flag[]): QuickArguments | undefined =>
    quickArguments(args, command, [...globalFlags, ...flags])
  const request = read('request', requestFlags)
  if (request !== undefined) return () => actions.request(request.words, request.flags)
  const credential = read('credential', credentialFlags)
  if (credential?.words.length === 0) return () => actions.credential(credential.flags)
  const whoami = read('whoami', whoamiFlags)
  if (whoami?.words.length === 0) return () => actions.whoami(whoami.flags)
  const create = read('token create', tokenCreateFlags)
  if (create !== undefined) return () => actions.tokenCreate(create.words, create.flags)
  const inspect = read('token inspect', tokenInspectFlags)
  if (inspect !== undefined) return () => actions.tokenInspect(inspect.words, inspect.flags)
  const plugin = read('token credential', tokenCredentialFlags)
  if (plugin !== undefined) return () => actions.tokenCredential(plugin.words, plugin.flags)
  return undefined
}

function actionsIn(session: Session): Actions {
  return {
    request: async (words, flags) => (await import('./request.ts')).request(words, flags, session),
    credential: async (flags) => (await import('./credential.ts')).credential(flags, session),
    whoami: async (flags) => (await import('./whoami.ts')).whoami(flags, session),
    proxy: async (flags) => (await import('./proxy.ts')).proxy(flags, session),
    tokenCreate: async (words, flags) =>
      (await import('./token-create.ts')).tokenCreate(words, flags, session),
    tokenInspect: async (words, flags) =>
      (await import('./token-inspect.ts')).tokenInspect(words, flags, session),
    tokenCredential: async (words, flags) =>
      (await import('./token-credential.ts')).tokenCredential(words, flags, session),
    tokenProject: async (words, flags) =>
      (await import('./token-project.ts')).tokenProject(words, flags, session),
    completion: async (words) => (await import('./completion.ts')).completion(words, session),
  }
}
