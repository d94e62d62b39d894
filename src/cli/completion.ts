import { exitCodes, usageError } from './command-error.ts'
import { completionScripts } from './completion-scripts.ts'
import type { Session } from './session.ts'
import { shells } from './shells.ts'

/** Prints the completion script of a shell; the answer is the exit code. */
export async function completion(
  words: readonly string[],
  { output }: Pick<Session, 'output'>,
): Promise<number> {
  const [name, ...more] = words
  const hint = `for example: kubecred completion bash; there are ${shells.join(', ')}`
  if (name === undefined) throw usageError('Shell not specified.', hint)
  if (more.length > 0) throw usageError('Too many arguments. Expected only the shell type.', hint)
  const shell = shells.find((each) => each === name)
  if (shell === undefined) throw usageError(`Unsupported shell type "${name}".`, hint)
  await output.write(completionScripts[shell])
  return exitCodes.ok
}
