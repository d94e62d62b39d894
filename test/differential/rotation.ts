import { installed } from '../testing/installed.ts'
import type { Case } from './case.ts'
import type { Kubectl } from './kubectls.ts'

/**
 * Gives for each case the kubectls to play it with: the newest, and one of the others in turn.
 *
 * @param every Whether each case is to be played with all of them, which takes its time.
 */
export function besides(kubectls: readonly Kubectl[], every: boolean): () => readonly Kubectl[] {
  if (every) return () => kubectls
  const [newest, ...older] = kubectls
  let turn = 0
  return () => {
    const other = older[turn++ % older.length]
    return [newest, other].filter((kubectl) => kubectl !== undefined)
  }
}

const python = installed('python3', '--version')

/** Whether a case can be played on this machine, and its title, which says why not. */
export function canPlay(one: Case): { readonly title: string; readonly skip: boolean } {
  if (one.stdin !== 'terminal' || python) return { title: one.name, skip: false }
  return { title: `${one.name} (skipped: it takes python3 to make a terminal)`, skip: true }
}
