import { join } from 'node:path'

import { loadKubeconfig, type Host } from '../doors/index.ts'
import { exitCodes } from './command-error.ts'
import { completionOf, type Candidate, type EntryKind } from './word-completion.ts'
import { kubeconfigCandidates } from './kubeconfig-candidates.ts'
import type { Session } from './session.ts'
import { readShellQuestion, shellReplyText } from './shell-reply.ts'
import { shells } from './shells.ts'

/**
 * Tells a shell what the word at the cursor can become. Reads a kubeconfig at most; whatever is
 * wrong with it is no matter here, there is then just nothing to offer.
 */
export async function complete(args: readonly string[], session: Session): Promise<number> {
  const [name, ...rest] = args
  const shell = shells.find((each) => each === name)
  if (shell === undefined) return exitCodes.usage
  const question = readShellQuestion(shell, rest)
  const { kept, offer, kubeconfig } = completionOf(question.finished, question.current)
  const reply =
    offer.kind === 'kubeconfig'
      ? {
          kind: 'candidates' as const,
          candidates: await namesIn(offer.entries, kubeconfig, session.terminal.host),
        }
      : { candidates: [], ...offer }
  await session.output.write(shellReplyText({ kept, ...reply }, question))
  return exitCodes.ok
}

async function namesIn(
  entries: EntryKind,
  path: string | undefined,
  host: Host,
): Promise<readonly Candidate[]> {
  try {
    const kubeconfig = await loadKubeconfig({ path: expanded(path, host), host })
    return kubeconfigCandidates(kubeconfig, entries)
  } catch {
    return []
  }
}

/** With `~` as the shell will expand it when the line is run. */
function expanded(path: string | undefined, { home }: Host): string | undefined {
  return path?.startsWith('~/') === true ? join(home, path.slice(2)) : path
}
