import type { Actions } from './actions.ts'
import { globalFlags } from './global-flags.ts'
import { quickArguments } from './quick-arguments.ts'
import { request } from './request.ts'
import { requestFlags } from './request-flags.ts'
import { Session } from './session.ts'
import { completeCommand } from './shells.ts'
import type { Terminal } from './terminal.ts'

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
    const plain = quickArguments(args, 'request', [...globalFlags, ...requestFlags])
    if (plain !== undefined) return await request(plain.words, plain.flags, session)
    // Loaded when needed: a plain request shall not wait for it.
    const { runProgram } = await import('./program.ts')
    return await runProgram(args, actionsIn(session), (text) => session.output.write(text))
  } catch (error) {
    return session.failed(error)
  } finally {
    session.end()
  }
}

function actionsIn(session: Session): Actions {
  return {
    request: (words, flags) => request(words, flags, session),
    credential: async (flags) => (await import('./credential.ts')).credential(flags, session),
    whoami: async (flags) => (await import('./whoami.ts')).whoami(flags, session),
    proxy: async (flags) => (await import('./proxy.ts')).proxy(flags, session),
    completion: async (words) => (await import('./completion.ts')).completion(words, session),
  }
}
