import { expect, type TestContext } from 'vitest'

import type { Case, Deviation } from './case.ts'
import { differingAspects } from './compare.ts'
import type { Kubectl } from './kubectls.ts'
import { aspects, type Aspect, type Observation } from './observation.ts'
import { observe, ofStage, prepareStage } from './observe.ts'
import type { Program } from './programs.ts'
import type { ServerPool } from './servers.ts'
import { createStage, type Stage } from './stage.ts'
import { tally } from './tally.ts'

/** Where cases are played, and by whom. */
export interface Theatre {
  readonly kubecred: Program
  readonly pool: ServerPool
  /** Folder for the folders of the cases. */
  readonly folder: string
}

/**
 * Plays a case with each kubectl and with Kubecred, and holds the case to what it says.
 *
 * @returns Number of comparisons.
 */
export async function play(
  one: Case,
  kubectls: readonly Kubectl[],
  { kubecred, pool, folder }: Theatre,
  { task }: Pick<TestContext, 'task'>,
): Promise<number> {
  return await pool.with(async (pair) => {
    const stage = createStage(folder, pair)
    prepareStage(one, stage)
    const ours = await observe(kubecred, one, stage)
    for (const kubectl of kubectls) {
      const theirs = await observe({ name: 'kubectl', command: [kubectl.path] }, one, stage)
      const deviation = deviationOf(one, kubectl)
      tally(task.meta, kubectl, deviation)
      check(one, { ours, theirs, deviation, stage, name: `kubectl 1.${kubectl.minor}` })
    }
    return kubectls.length
  })
}

/** How the case says that Kubecred is not as this kubectl. */
function deviationOf(one: Case, { minor }: Kubectl): Named | undefined {
  const older = one.older?.find(({ before }) => minor < before)
  if (older !== undefined) return { ...older, kind: 'older' }
  return one.differs === undefined ? undefined : { ...one.differs, kind: 'differs' }
}

/** A deviation, of Kubecred from every kubectl or of an older kubectl from the others. */
type Named = Deviation & { readonly kind: 'older' | 'differs' }

interface Played {
  readonly ours: Observation
  readonly theirs: Observation
  readonly deviation: Named | undefined
  readonly stage: Stage
  readonly name: string
}

function check(one: Case, { ours, theirs, deviation, stage, name }: Played): void {
  const allowed = new Set<Aspect>(deviation?.in)
  const fails = one.fails === undefined ? '' : ofStage(one.fails, stage)
  const differing = differingAspects(ours, theirs, { loosely: one.loosely === true, fails })
  const surprising = differing.filter((aspect) => !allowed.has(aspect))
  expect(pick(ours, surprising), `Kubecred, not as ${name}`).toEqual(pick(theirs, surprising))
  expect(differing, `the deviation from ${name} is there`).toEqual(
    aspects.filter((aspect) => allowed.has(aspect)),
  )
  if (deviation?.ours !== undefined) expect(ours).toMatchObject(deviation.ours)
  if (deviation?.kind !== 'older') {
    expect(theirs.exitCode === 0, `${name} succeeds: ${theirs.error}`).toBe(one.fails === undefined)
    expect(theirs.error.slice(0, fails.length)).toBe(fails)
  }
}

function pick(seen: Observation, wanted: readonly Aspect[]): Partial<Observation> {
  return Object.fromEntries(wanted.map((aspect) => [aspect, seen[aspect]]))
}
